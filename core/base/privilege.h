/*
 * privilege - giving up what root may do, for good
 *
 * Who opens a network device needs more rights than who reads what comes from it. After privilege_drop() the process is
 * the user who asked: the real user of a set-user-ID program, the user behind sudo(8). Where root itself asked there is
 * nobody to become, and privilege_become_nobody() is for a child that does the work. Both give up every capability and
 * the right to ever get one (PR_SET_NO_NEW_PRIVS).
 */
#ifndef SMTPDX_BASE_PRIVILEGE_H
#define SMTPDX_BASE_PRIVILEGE_H

#include "base/err.h"

#include <stdbool.h>

/* Becomes the user who asked; root stays root when nobody else did, but a file's capabilities go. 0, or -1 and why. */
int privilege_drop(struct err *err);

/* For a child of root: becomes the user nobody. Nothing happens to other users. 0, or -1 and why. */
int privilege_become_nobody(struct err *err);

#endif
