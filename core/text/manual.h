/*
 * manual - help/settings.tsv: where a timer or limit is read and changed on each mail server
 */
#ifndef SMTPDX_TEXT_MANUAL_H
#define SMTPDX_TEXT_MANUAL_H

#include "base/err.h"

/* Commands as they are printed; they are for people to read, with VALUE and the like in them. */
struct manual_entry {
	const char *server, *setting, *value, *read, *change; /* value: the default */
};

struct manual;

struct manual *manual_load(struct err *err); /* NULL with file and line and what was expected */
void manual_free(struct manual *manual);

/*
 * The entry for a setting of a server. `setting` may say more than the name ("smtpd_timeout (... during TLS)",
 * "queue_minfree, message_size_limit"): the first name in it that the server has. NULL when there is none.
 */
const struct manual_entry *manual_find(const struct manual *manual, const char *server, const char *setting);

#endif
