/*
 * readout - what each setting of a service is in effect: in normal operation, under stress, by default, and from where
 */
#ifndef SMTPDX_CONFIG_READOUT_H
#define SMTPDX_CONFIG_READOUT_H

#include "config/config.h"

/* A value; for kinds that are numbers with the number. */
struct readout_value {
	char *text; /* for people, clean; "" when it is not set */
	double number;
	bool is_number; /* false where it is off, or cannot be told */
	bool is_off;    /* no limit, no wait */
};

/* One setting of one service. */
struct readout {
	const struct config_setting *setting;
	const char *name; /* what is to be changed: the setting, or the one that it leaves the decision to */
	struct readout_value normal, stress, initial;
	bool has_stress; /* it is another one under stress */
	const char *raw; /* as written; NULL when it is not */
	enum config_origin origin;
	const char *file, *macro; /* as in struct config_value */
	long line;                /* 0: not known */
	char *fault;              /* why its value could not be told; NULL */
};

/*
 * False when the service does not have the setting (another side, another version). The texts that are no copies live as
 * long as the configuration and the catalogue.
 */
bool readout_make(const struct config *config, const struct config_service *service,
                  const struct config_catalogue *catalogue, const struct config_setting *setting,
                  struct readout *readout);
void readout_done(struct readout *readout);

#endif
