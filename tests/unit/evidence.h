/*
 * evidence - cases made of facts that a test writes down as text
 *
 * One fact a line: "smtp.banner.delay 5.02s", "smtp.outcome refused", "smtp.reply.text \"421 busy\"" without quotes. A
 * line "@SUBJECT" says what the following ones are about; before the first it is EVIDENCE_ENDPOINT.
 */
#ifndef SMTPDX_UNIT_EVIDENCE_H
#define SMTPDX_UNIT_EVIDENCE_H

#include "model/case.h"

#define EVIDENCE_TARGET   "example.com"
#define EVIDENCE_ENDPOINT "mx1.example.com [192.0.2.25]:25"

/* A mistake in the text fails the test that is running. The caller frees the case. */
struct case_file *evidence_case(const char *target, const char *facts);

#endif
