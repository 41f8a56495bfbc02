/*
 * settings - what the user may set, once for command line, worker and help
 *
 * One table row is one long option: main() parses it, the runner hands it on to its workers, --help and the man page
 * list it. A check reads the struct and nothing else.
 */
#ifndef SMTPDX_CHECKS_SETTINGS_H
#define SMTPDX_CHECKS_SETTINGS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define SETTINGS_SESSIONS_MAX 100 /* nobody opens more at a stranger's server, whatever he asks for */

struct settings {
	bool v4_only, v6_only;
	double timeout;        /* s; total budget of the run; 0: the check's own limit */
	char *from;            /* MAIL FROM; NULL: the null reverse-path <> */
	char *rcpt;            /* RCPT TO; NULL: postmaster@ the domain */
	char *helo;            /* EHLO name; NULL: this host's name or address literal */
	char *resolver;        /* ADDR[:PORT],...; NULL: resolv.conf */
	int port;              /* SMTP port of the MX hosts; 0: 25 */
	char *recording;       /* record: the file (a worker's business); NULL: none */
	char *address;         /* probe only this address of the target (a worker's business); NULL: all */
	bool pipelining;       /* MAIL, RCPT and DATA together */
	char *idle;            /* phase after which the probe stays silent; NULL: none */
	bool deliver;          /* send a whole message */
	bool yes;              /* consent to intrusive checks */
	int max;               /* limit: sessions at most; 0: the check's own choice */
	bool rate;             /* limit: also one after the other */
	bool messages;         /* limit: also messages and recipients in one session */
	bool patience;         /* limit: try again after a 421 */
	double patience_first; /* s; wait before the first such try; 0: the check's own */
	bool addresses_only;   /* dns: only the look-ups that lead to endpoints */
	char *config;          /* config: a folder or file; NULL: the servers of this machine */
	char *since, *until;   /* log: the time of interest, as when_parse() reads it; NULL: all */
	char *peer;            /* log: address or name; NULL: all */
	char *queue_id;        /* log: NULL: all */
	char **files;          /* evidence to read, in the order given; "-" is standard input */
	char *pastes; /* how the paths of those begin that keep what was pasted (a worker's business); NULL: none do */
	size_t file_count, file_room;
};

enum setting_kind { SETTING_FLAG, SETTING_TEXT, SETTING_SECONDS, SETTING_PORT, SETTING_SESSIONS, SETTING_FILES };

struct setting {
	const char *option; /* long name without dashes */
	char letter;        /* short form, or 0 */
	enum setting_kind kind;
	size_t offset;        /* of the member of struct settings */
	const char *argument; /* name of the argument in --help, NULL for a flag */
	const char *help;     /* for people; NULL: internal, not listed */
	/* SETTING_TEXT: whether the text is of the option's kind (0, or -1 with the reason); NULL: any printable one is. */
	int (*fits)(const char *option, const char *text, struct err *err);
};

extern const struct setting settings_table[];
extern const size_t settings_table_size;

/* The row of a long option for people; NULL when there is none. */
const struct setting *settings_find(const char *option);

/* Sets one option from its argument (NULL for a flag); files add up. -1 with the reason when the argument is not of its kind. */
int settings_set(struct settings *settings, const struct setting *setting, const char *argument, struct err *err);
void settings_copy(struct settings *to, const struct settings *from);
void settings_done(struct settings *settings);

/* Adds one file to settings->files; the path is copied as it is, bytes that are not printable included. */
void settings_add_file(struct settings *settings, const char *path);
void settings_clear_files(struct settings *settings);

/* Whether that file keeps a text that somebody pasted. */
bool settings_is_pasted(const struct settings *settings, const char *path);

/*
 * What one of the files is called when something is said about it: "standard input", "pasted text" (with its number when there
 * are several), else its path. Clean; the caller frees.
 */
char *settings_file_name(const struct settings *settings, const char *path);

/*
 * The settings as arguments ("--from", "a@b", "--pipelining"), for a worker's command line: appends allocated strings to
 * argv from argv[count] on (room for settings_args_room() more), returns the new count.
 */
#define SETTINGS_ARGS_MAX 64 /* without files */
size_t settings_args_room(const struct settings *settings);
size_t settings_to_args(const struct settings *settings, char **argv, size_t count);

#endif
