/*
 * sendmail - Sendmail's configuration, the options in the text of sendmail.cf (op.me, section 5)
 *
 * Services are "server NAME" for each daemon port, and "client". The version that the file was made for stands in it; the
 * program tells its own, and what it was compiled with, by `sendmail -d0.1`.
 */
#ifndef SMTPDX_CONFIG_SENDMAIL_H
#define SMTPDX_CONFIG_SENDMAIL_H

#include "config/config.h"

/* The text is cut to pieces; the output of `sendmail -d0.1` may stand in it as well. */
void sendmail_take(struct config *config, char *text);
void sendmail_finish(struct config *config);

/*
 * sendmail.mc beside the file that was read, if there is one; whether it was changed after the file was made of it is a
 * fault.
 */
void sendmail_find_source(struct config *config);

/*
 * The Sendmail of this machine: its file, and the program where it is found. Address test mode without input ends at once,
 * delivers nothing and needs no rights. NULL with the reason.
 */
struct config *sendmail_read(double deadline, struct err *err);

#endif
