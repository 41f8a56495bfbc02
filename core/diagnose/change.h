/*
 * change - how a mail server's configuration is changed: "set: postfix smtpd_timeout = 120s"
 *
 * A cause file names the server, the setting and its value; the commands that change it, make the server read it, show
 * that it took effect, and bring back what was there are the same for every setting of a server and stand here, once. The
 * old value is the one that was read (facts config.setting.*); when nobody read it, the command itself keeps it. After
 * the undo the configuration is, byte for byte, what it was; later changes of other settings survive it.
 *
 *   postfix NAME               main.cf, or the service's own value in master.cf where it has one; of the instance that was
 *                              read (instance.h)
 *   postfix-service NAME       a field of master.cf: smtp/inet/process_limit
 *   exim NAME                  main section: in the file that has it; otherwise as Debian builds it, exim4.conf.localmacros
 *                              and conf.d/main, or in the one file that people edit elsewhere
 *   sendmail NAME              an option of sendmail.cf, through its m4 name in sendmail.mc where there is one
 *   opensmtpd NAME             a line of smtpd.conf or of what it includes: "smtp max-message-size"
 *   sysctl NAME                a kernel setting, until the next boot
 */
#ifndef SMTPDX_DIAGNOSE_CHANGE_H
#define SMTPDX_DIAGNOSE_CHANGE_H

#include "diagnose/template.h"

struct change_server;

struct change {
	const struct change_server *server;
	char *name;
	char *value; /* with placeholders */
};

/* Reads "SERVER NAME = VALUE". 0, or -1 with what was expected and found, and there is nothing to free. */
int change_parse(const char *text, const struct figures *figures, struct change *change, struct err *err);
void change_done(struct change *change);

/* Lines of commands, joined by \n. */
struct change_commands {
	char *run, *undo, *verify;
};

/*
 * The commands that change these settings. 0; or -1 when a value is missing or unfit, and there is nothing to free. The
 * caller frees the three texts.
 */
int changes_fill(const struct change *changes, size_t count, const struct template_values *values,
                 struct change_commands *commands);

#endif
