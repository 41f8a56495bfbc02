/*
 * command - runs a program of this machine and takes what it says, bounded in time and size
 *
 * For read-outs such as `postconf -n`: no shell, nothing on standard input, an environment of PATH and LC_ALL=C alone, so
 * that neither the user's locale nor variables such as MAIL_CONFIG change the answer. The program and all that it started
 * are killed at the deadline, and die with us.
 */
#ifndef SMTPDX_BASE_COMMAND_H
#define SMTPDX_BASE_COMMAND_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define COMMAND_OUTPUT_MAX ((size_t)16 << 20) /* bytes */

/*
 * The path of a program: in $PATH, then where mail servers and administration tools live, since users other than root
 * rarely have these in $PATH. A name with a slash is taken as it is. NULL when there is none; the caller frees.
 */
char *command_find(const char *name);

/*
 * Runs argv (NULL at its end, argv[0] as command_find() takes it) until `deadline` (clock_now()). Returns its standard
 * output as NUL-terminated text that the caller frees, not cleaned; *size, if not NULL, is its length. NULL with the
 * reason when it cannot be started, does not end in time, writes too much, is killed, or its status is not 0; then the
 * reason has the first line of its standard error. What it writes to standard error when it succeeds is left out.
 */
char *command_output(const char *const argv[], double deadline, size_t *size, struct err *err);

/*
 * The same for output of any size: hands it on in pieces as it comes. taker: 0, or -1 when it wants no more, which is an
 * error. Returns 0, or -1 with the reason; what came before counts, if the caller likes.
 */
typedef int command_taker(const char *data, size_t size, void *context);
int command_stream(const char *const argv[], double deadline, command_taker *taker, void *context, struct err *err);

#endif
