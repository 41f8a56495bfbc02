/*
 * redact - a case for strangers: addresses, host names, mailboxes and queue ids replaced by pseudonyms
 *
 * What was measured stays: numbers, words of the fact table, replies with their codes, the diagnosis and its commands. See
 * pseudonym.h for what stands in place of what.
 */
#ifndef SMTPDX_MODEL_REDACT_H
#define SMTPDX_MODEL_REDACT_H

#include "model/case.h"

/* A copy of the case, which the caller frees. */
struct case_file *case_redacted(const struct case_file *c);

/* Texts about the case with the same pseudonyms, in place; each was allocated, and is replaced by what is. */
void case_redact_texts(const struct case_file *c, char **texts, size_t count);

#endif
