/*
 * read - whichever mail server's configuration there is: in a folder, in a file, on this machine
 */
#ifndef SMTPDX_CONFIG_READ_H
#define SMTPDX_CONFIG_READ_H

#include "config/config.h"

#define CONFIGS_MAX 16

/*
 * A folder (main.cf and master.cf, sendmail.cf, smtpd.conf, Exim's file) or a file, whose kind is told by its contents; a
 * file may also hold what postconf, exim -bP or sendmail -d0.1 printed. Returns how many were
 * found (instances of Postfix count for themselves); 0 with the reason. The caller frees each.
 */
size_t config_read(const char *path, const struct config_catalogue *catalogue, double deadline,
                   struct config *configs[static CONFIGS_MAX], struct err *err);

/* The mail servers of this machine: those that run, or, when none is seen to run, those that are installed. */
size_t config_read_local(double deadline, struct config *configs[static CONFIGS_MAX], struct err *err);

#endif
