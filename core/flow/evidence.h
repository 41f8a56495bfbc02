/*
 * evidence - files that somebody gives us: what they are called together, and which of them is a saved case
 */
#ifndef SMTPDX_FLOW_EVIDENCE_H
#define SMTPDX_FLOW_EVIDENCE_H

#include "checks/settings.h"

/* Whether the file is a case that smtpdx saved: JSON that names its schema early. "-", standard input, is none; nor is a pipe. */
bool evidence_is_case(const char *path);

/*
 * What a case about settings->files, at least one, is about, written so that nobody takes it for the name of a mail host:
 * "./mail.log and 2 more", "pasted text, 12 lines". The caller frees.
 */
char *evidence_title(const struct settings *settings);

#endif
