/*
 * setting - help/config.tsv: what the settings of each mail server are: kind, default, what they are for
 *
 * A role is the server-neutral name of what a setting decides; it is the ROLE of the facts config.ROLE (model/facts/
 * config.c). Several servers have a setting of the same role, most settings have none.
 */
#ifndef SMTPDX_CONFIG_SETTING_H
#define SMTPDX_CONFIG_SETTING_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum setting_side { SIDE_SERVER, SIDE_SCREEN, SIDE_CLIENT, SIDE_BOTH };

enum value_kind {
	VALUE_TIME,  /* s */
	VALUE_SIZE,  /* B; 0: no limit */
	VALUE_ROOM,  /* B; 0 is as good as any other number */
	VALUE_COUNT, /* 0: no limit */
	VALUE_BOOL,
	VALUE_TEXT,
};

/* One row; the texts live as long as the catalogue. */
struct config_setting {
	const char *server, *name;
	enum setting_side side;
	enum value_kind kind;
	double unit;         /* VALUE_TIME: how many seconds 1 without a unit is */
	const char *initial; /* the default, as that server would write it; "" when it is not set */
	bool built_in;       /* it is compiled in: no configuration changes it */
	const char *role;    /* "" when it has none */
	double minimum;      /* of RFC 5321, in s, B or count; 0: none */
};

struct config_catalogue;

struct config_catalogue *config_catalogue_load(struct err *err); /* NULL with file and line and what was expected */
void config_catalogue_free(struct config_catalogue *catalogue);

/* The rows of a server lie next to each other: the first one and how many; NULL and 0 when there are none. */
const struct config_setting *config_catalogue_of(const struct config_catalogue *catalogue, const char *server,
                                                 size_t *count);

/* The row of that name of a server; case does not matter. NULL when there is none. */
const struct config_setting *config_catalogue_find(const struct config_catalogue *catalogue, const char *server,
                                                   const char *name);

#endif
