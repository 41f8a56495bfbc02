/*
 * opensmtpd - OpenSMTPD's configuration, the text of smtpd.conf(5); most of its timers are compiled in
 */
#ifndef SMTPDX_CONFIG_OPENSMTPD_H
#define SMTPDX_CONFIG_OPENSMTPD_H

#include "config/config.h"

/* The text is cut to pieces. Macros and includes are followed; what cannot be read is a fault. */
void opensmtpd_take(struct config *config, char *text);
void opensmtpd_finish(struct config *config);

#endif
