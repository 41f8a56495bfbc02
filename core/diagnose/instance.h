/*
 * instance - which Postfix a command is for: one machine can have several, each with a folder of its own, and an appliance
 * has its own programs as well
 *
 * The config check tells both (facts config.folder and config.programs, about each service) where a command would not find
 * them by itself. A command that names neither changes the default instance, which may have nothing to do with the trouble.
 */
#ifndef SMTPDX_DIAGNOSE_INSTANCE_H
#define SMTPDX_DIAGNOSE_INSTANCE_H

#include "diagnose/scope.h"

#define INSTANCE_FOLDER_STOCK "/etc/postfix"

/*
 * The service of Postfix that the scope is about: the one that speaks with clients behind postscreen, one that listens, or
 * any other. NULL when no configuration of Postfix was read. It lives as long as the scope's facts.
 */
const char *instance_service(const struct scope *scope);

/*
 * "postconf", or with the folder of the service's instance "postconf -c FOLDER"; NULL when that is a text which must not
 * enter a command. service NULL: the default instance. The caller frees.
 */
char *instance_command(const struct scope *scope, const char *service, const char *program);

/* The folder of main.cf and master.cf, likewise. */
char *instance_folder(const struct scope *scope, const char *service);

#endif
