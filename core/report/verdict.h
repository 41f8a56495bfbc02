/*
 * verdict - the one sentence that a case comes down to, and the exit status that says the same to a script
 */
#ifndef SMTPDX_REPORT_VERDICT_H
#define SMTPDX_REPORT_VERDICT_H

#include "model/case.h"

enum verdict {
	VERDICT_HEALTHY,    /* measured, nothing is wrong */
	VERDICT_TROUBLE,    /* a cause was found */
	VERDICT_UNCLEAR,    /* measured, and no cause explains it */
	VERDICT_INCOMPLETE, /* nothing wrong was found, but a check could not run */
	VERDICT_UNMEASURED, /* nothing is known */
};

enum verdict case_verdict(const struct case_file *c);

/* What is wrong, where, how sure; or that nothing is wrong, or why nothing is known. The caller frees. */
char *verdict_sentence(const struct case_file *c);

/* 0: measured and nothing is wrong; 1: trouble was found; 3: it could not be measured. */
int report_exit_status(const struct case_file *c);

/* A subject for people: "self" is this machine, the others are as they are. The caller frees. */
char *place_name(const char *subject);

/* A probability for people: "97 %", never 0 or 100 since nothing is that sure. The caller frees. */
char *probability_text(double probability);

/*
 * The findings that the report treats as wrong: the first, and each that is more likely true than not. healthy and
 * unknown are none of them unless they come first.
 */
bool finding_is_verdict(const struct case_file *c, size_t index);

/* A verdict that an earlier finding gives already, about another subject. */
bool finding_is_repeated(const struct case_file *c, size_t index);

/*
 * So many findings are shown, from the first: the least likely for which nothing speaks are what is always possible, and
 * say nothing about this case. At most 100, more than a diagnosis of ours has.
 */
size_t finding_shown_count(const struct case_file *c);

#endif
