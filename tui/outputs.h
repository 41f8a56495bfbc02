/*
 * outputs - where a report and a case go (-o, --case): looked at before anything is measured, and written at the end
 */
#ifndef SMTPDX_TUI_OUTPUTS_H
#define SMTPDX_TUI_OUTPUTS_H

#include "options.h"

/*
 * Whether writing there would destroy what is to be read, or -o and --case each other. `paths` are the files among the
 * operands. -1 with the reason, which is a mistake of usage.
 */
int outputs_spare(const struct options *o, char *const *paths, int count, struct err *err);

/* Whether they can be written at all. 0, or -1 and why. */
int outputs_check(const struct options *o, struct err *err);

/* Writes the report and the case to where the options say. Returns the exit status that the diagnosis has. */
int write_report(const struct options *o, const struct case_file *c);

/* Saves the case where the options say, if they do; with other names when they ask for that. 0, or -1 and why. */
int save_case(const struct options *o, const struct case_file *c, struct err *err);

#endif
