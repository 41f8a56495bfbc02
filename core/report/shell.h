/*
 * shell - commands for a person to paste, broken into lines that the shell joins again
 */
#ifndef SMTPDX_REPORT_SHELL_H
#define SMTPDX_REPORT_SHELL_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Adds the command, its lines broken at blanks with " \" where they are longer than `columns`. With `words`, where what is too
 * long would be cut off, a word that is longer by itself is broken in its midst, with a backslash and nothing before the rest
 * (POSIX XCU 2.2.1; single quotes are closed for that, 2.2.2). A line of PowerShell is broken as that joins lines, a remark by its
 * words; what has no safe place to break, such as a remark behind a command or a line for a firewall's console, stays long. Each
 * line of the result ends with a line feed.
 */
void shell_wrap(const char *command, size_t columns, bool words, struct buf *out);

/* Whether a line is of another shell: PowerShell's, or that of a firewall's console. */
bool shell_is_foreign(const char *line);

#endif
