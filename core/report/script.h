/*
 * script - what is to be done as a shell script, to be read, kept and run step by step
 *
 * Running it without a step only lists the steps; nothing is done that was not asked for by its number. A step ends at the
 * first of its commands that fails, which is named, with what undoes the step. What belongs into
 * another shell (PowerShell, the console of a firewall) stands there as a remark.
 */
#ifndef SMTPDX_REPORT_SCRIPT_H
#define SMTPDX_REPORT_SCRIPT_H

#include "base/buf.h"
#include "model/case.h"

/* Adds the script for the verdict of a case, numbered as the report numbers its steps. */
void fix_script(const struct case_file *c, struct buf *out);

#endif
