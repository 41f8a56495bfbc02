/*
 * config - one mail server's configuration as it was read: what is written, what the software comes with, its services
 *
 * The readers (postfix.h, exim.h, sendmail.h, opensmtpd.h) fill it, readout.h evaluates it. A service is what listens on
 * a port or carries mail away; it can override what is written for all. What could not be understood becomes a fault
 * and the rest still counts. All texts are clean (base/text.h).
 */
#ifndef SMTPDX_CONFIG_CONFIG_H
#define SMTPDX_CONFIG_CONFIG_H

#include "config/setting.h"

#define CONFIG_FILE_MAX     ((size_t)8 << 20) /* bytes of one file */
#define CONFIG_VALUES_MAX   5000              /* settings of one configuration or service */
#define CONFIG_FAULTS_MAX   20
#define CONFIG_SERVICES_MAX 64
#define CONFIG_PORTS_MAX    8

enum config_origin { ORIGIN_DEFAULT, ORIGIN_BUILT_IN, ORIGIN_MAIN_CF, ORIGIN_MASTER_CF, ORIGIN_FILE };

/* As the words of CONFIG_ORIGINS (model/fact_table.h). */
const char *config_origin_name(enum config_origin origin);

struct config_value {
	char *name, *raw;
	enum config_origin origin;
	char *file;  /* where it is written; NULL: where its configuration was read */
	char *macro; /* the macro that has the value, when it is nothing else; NULL: it stands there itself */
	long line;   /* of it, or of the macro; 0: not known */
};

struct config_values {
	struct config_value *items;
	size_t count, room;
};

struct config_service {
	char *name;             /* "smtp/inet", "server", "client remote_smtp" */
	enum setting_side side; /* which settings it obeys */
	char *host;             /* the address it listens on; "" for all */
	int ports[CONFIG_PORTS_MAX];
	size_t port_count;
	bool stress; /* it can come under stress */
	struct config_values values;
};

struct config {
	const char *server;            /* "postfix", "exim", "sendmail", "opensmtpd" */
	char *version;                 /* NULL: not known */
	char *path;                    /* where it was read */
	char *instance;                /* of several; NULL: the only or default one */
	char *folder;                  /* of Postfix: what commands must name; NULL: they find it by themselves */
	char *hostname;                /* what it calls itself in greetings; NULL: not known */
	char *source;                  /* of Sendmail: what people edit, and `path` is made from; NULL: not known */
	char *compiled;                /* of Sendmail: what it was compiled with; NULL: not known */
	char *programs;                /* of Postfix: the folder of its commands, where they are not found by name */
	struct config_values values;   /* as written for all services */
	struct config_values defaults; /* as the program itself says; none: those of the catalogue count */
	struct config_service *services;
	size_t service_count, service_room;
	char *faults[CONFIG_FAULTS_MAX];
	size_t fault_count;
};

struct config *config_new(const char *server, const char *path);
void config_free(struct config *config);

/*
 * What is set again replaces what was set before. The texts are cleaned and copied. Returns the value, or NULL when there
 * are too many; valid until the next one is set.
 */
struct config_value *config_set(struct config_values *values, const char *name, const char *raw,
                                enum config_origin origin, long line);

/* Where a value is written besides its line; either may be NULL, and value, too. */
void config_value_place(struct config_value *value, const char *file, const char *macro);
void config_values_done(struct config_values *values);                                       /* empty again */
const struct config_value *config_get(const struct config_values *values, const char *name); /* NULL: not set */

/* A new service without ports; NULL when there are too many (a fault says so). Valid until the next one is added. */
struct config_service *config_add_service(struct config *config, const char *name, enum setting_side side);
struct config_service *config_find_service(const struct config *config, const char *name); /* NULL: none */

/* Adds a port by number or name (smtp, submission, smtps ...); what is neither is left out. */
void config_add_port(struct config_service *service, const char *port);
bool config_has_port(const struct config_service *service, int port);

/* Only an address of this machine that nobody else reaches: 127.0.0.0/8, [::1], localhost. */
bool config_is_loopback(const char *host);

/* The name of the server as that setting has it, unless it refers to others. */
void config_take_hostname(struct config *config, const char *setting);

/* Sentences for people; those past CONFIG_FAULTS_MAX are left out. */
void config_fault(struct config *config, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * A file's text in lines, one at a time: *at moves on; the line is NUL-terminated in place. NULL at the end. Lines that
 * end with CR LF lose both.
 */
char *config_next_line(char **at);

/* The text without blanks at both ends, cut in place. */
char *config_trim(char *text);

#endif
