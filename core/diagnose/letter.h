/*
 * letter - a message to whoever runs the responsible side, when that is not us: what was seen, when, and what we ask
 *
 * Plain text, wrapped for a mail program, to be read and sent by a person. What is asked stands in the cause file ("ask");
 * the evidence is what made the cause likely, with its times in UTC.
 */
#ifndef SMTPDX_DIAGNOSE_LETTER_H
#define SMTPDX_DIAGNOSE_LETTER_H

#include "diagnose/cause.h"

/*
 * The letter about a finding whose evidence is complete, which the caller frees; NULL when the cause asks nothing of
 * anybody, or when the server is on this machine or its configuration was read: then it is ours.
 */
char *letter_write(const struct case_file *c, const struct finding *f, const struct cause *cause,
                   const struct template_values *values);

#endif
