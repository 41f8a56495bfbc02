/*
 * child - what every child does between fork and exec, where only async-signal-safe functions are allowed
 */
#ifndef SMTPDX_BASE_CHILD_H
#define SMTPDX_BASE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Gives the child default signals with none blocked, a process group of its own (the terminal's Ctrl-C is the parent's to
 * handle), these descriptors as its standard ones, and `death` as the signal that it gets when the parent dies. False
 * when that is not possible, or the parent is dead already: the child has to _exit().
 */
bool child_begin(pid_t parent, int death, int in, int out, int err);

#endif
