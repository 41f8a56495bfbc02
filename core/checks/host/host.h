/*
 * host - the parts of the host check, one function each
 *
 * All of them only read: files of /proc and /etc, the kernel's own answers, the output of a few programs that print. What
 * needs rights that we do not have becomes a fact host.untested with the command that would tell.
 */
#ifndef SMTPDX_CHECKS_HOST_HOST_H
#define SMTPDX_CHECKS_HOST_HOST_H

#include "checks/emit.h"

#include <stdbool.h>

#define HOST_SELF "self"

/* resources.c: load, pressure, memory, open files, room for queues, the clock */
void host_tell_resources(struct emit *e, double deadline);

/* names.c: resolv.conf, nsswitch.conf, and Postfix' copies of such files in its chroot */
void host_tell_names(struct emit *e, double deadline);

/* processes.c: how many serve clients, against how many there may be */
void host_tell_processes(struct emit *e, double deadline);

/* Whether a process is one of a container, or cannot be: whoever is not root cannot tell, and then it is not. */
bool host_is_elsewhere(const char *pid);

/*
 * limits.c: open files of mail servers' processes, connections that were not taken, the packet filter's memory. waiting: a
 * mail server has connections to take, so that it is worth a second to see whether more are given up.
 */
void host_tell_limits(struct emit *e, bool waiting);

/* sessions.c: the kernel's sockets of mail ports, and which of them are stuck. Whether connections to mail ports wait to be taken. */
bool host_tell_sessions(struct emit *e);

/* firewall.c: what the packet filters here do with packets that mail needs */
void host_tell_firewall(struct emit *e, double deadline);

/* What was not looked at, and why; the command is for whoever may run it. */
void host_tell_untested(struct emit *e, const char *what, const char *why, const char *command);

/* The folder of Postfix' queue, as postconf says; NULL when there is no Postfix. The caller frees. */
char *host_postfix_queue(double deadline);

/* A small file as text, cleaned line by line by whoever shows it; NULL when it cannot be read. The caller frees. */
char *host_read(const char *path);

#endif
