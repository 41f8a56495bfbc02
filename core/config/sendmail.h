/*
 * sendmail - Sendmail's configuration, the options in the text of sendmail.cf (op.me, section 5)
 *
 * Services are "server NAME" for each daemon port, and "client". The version is in the file, too; `sendmail -d0.1` adds
 * nothing to it but that.
 */
#ifndef SMTPDX_CONFIG_SENDMAIL_H
#define SMTPDX_CONFIG_SENDMAIL_H

#include "config/config.h"

/* The text is cut to pieces; the output of `sendmail -d0.1` may stand in it as well. */
void sendmail_take(struct config *config, char *text);
void sendmail_finish(struct config *config);

#endif
