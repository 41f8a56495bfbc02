/*
 * postfix - Postfix's configuration: through postconf(1), or from main.cf and master.cf as postconf(5) and master(5)
 * describe them, or from what postconf printed
 *
 * postconf knows best what the installed version makes of the files, its defaults above all. Where it is missing, fails
 * (one line that is no setting is enough) or hangs, the files are read without it, with the defaults of the catalogue.
 */
#ifndef SMTPDX_CONFIG_POSTFIX_H
#define SMTPDX_CONFIG_POSTFIX_H

#include "config/config.h"

/* Where appliances that are built on Postfix keep its configuration (Trend Micro IMSS and IMSVA). */
#define POSTFIX_APPLIANCE "/opt/trend/imss/postfix/etc/postfix"

/*
 * The instance in a folder, and those that its multi_instance_directories names, through postconf: up to `room` of them
 * into `configs` (heap, the caller's). folder NULL: the default one. Returns how many; 0 with the reason when there is
 * nothing to read.
 */
size_t postfix_read(const char *folder, double deadline, struct config **configs, size_t room, struct err *err);

/* Where a configuration belongs that was read from one file: main.cf, master.cf, or what postconf printed. */
void postfix_place_file(struct config *config, const char *path);

/*
 * Texts; each is cut to pieces. main.cf or the output of `postconf -n` adds to what is written; `postconf -d` to the
 * defaults; master.cf or `postconf -M` to the services, `postconf -P` to what they override. `lines`: their numbers are
 * those of the file, not of an output.
 */
void postfix_take_main(struct config *config, char *text, bool lines);
void postfix_take_defaults(struct config *config, char *text);
void postfix_take_master(struct config *config, char *text, bool lines);

/* A file that may hold main.cf, master.cf or any output of postconf, or several of them. */
void postfix_take_any(struct config *config, char *text);

/* What can be said only when everything was read: who comes under stress, which ports a screened service has. */
void postfix_finish(struct config *config);

#endif
