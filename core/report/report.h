/*
 * report - a case for people and programs: text (80 columns), Markdown, JSON
 *
 * A pure function of the case: the same case gives the same report, also years later.
 */
#ifndef SMTPDX_REPORT_REPORT_H
#define SMTPDX_REPORT_REPORT_H

#include "base/buf.h"
#include "model/case.h"

struct report_format {
	const char *name; /* "text": also the option that asks for it */
	void (*write)(const struct case_file *c, struct buf *out);
};

extern const struct report_format *const report_formats[]; /* ends with NULL; text comes first */

const struct report_format *report_format_find(const char *name);

#endif
