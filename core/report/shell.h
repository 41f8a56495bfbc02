/*
 * shell - commands for a person to paste, broken into lines that the shell joins again
 */
#ifndef SMTPDX_REPORT_SHELL_H
#define SMTPDX_REPORT_SHELL_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Adds the command, its lines broken at blanks with " \" where they are longer than `columns`. Within quotes and comments
 * a line is never broken, since there the shell would not join it (POSIX XCU 2.2.1, 2.2.2), nor is a command of another
 * shell (PowerShell): such a line stays long.
 * Each line of the result ends with a line feed.
 */
void shell_wrap(const char *command, size_t columns, struct buf *out);

/* Whether a line is of another shell: PowerShell's, or that of a firewall's console. */
bool shell_is_foreign(const char *line);

#endif
