/*
 * fixes - what is to be done about a verdict, in the order in which every face and script numbers it
 *
 * A cause may hold at several subjects, and much of what mends it is then the same: each step is there once. Real fixes come
 * before what helps until then.
 */
#ifndef SMTPDX_REPORT_FIXES_H
#define SMTPDX_REPORT_FIXES_H

#include "model/case.h"

/* The steps of a verdict at all of its subjects; the case owns them, the caller frees the array. */
const struct fix **fixes_of(const struct case_file *c, const struct finding *verdict, size_t *count);

/* The same of one finding alone. */
const struct fix **fixes_of_finding(const struct finding *f, size_t *count);

/* "Fix", "Until then"; with nothing wrong, or nothing known to be, "Next test". */
const char *fix_kind_text(const struct finding *f, const struct fix *fix);

/* "on the receiving server": where it belongs, in words; or what the case says instead. */
const char *fix_place_text(const struct fix *fix);

#endif
