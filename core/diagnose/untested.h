/*
 * untested - what nobody has measured yet that would speak for or against a cause, and which check would
 *
 * A piece of evidence is open when the facts that it lacks could all come from one check that has not run: then that check
 * could bring its weight. What can never be known here (the check does not apply, there is no connection) is not listed.
 */
#ifndef SMTPDX_DIAGNOSE_UNTESTED_H
#define SMTPDX_DIAGNOSE_UNTESTED_H

#include "diagnose/cause.h"

#define UNTESTED_MAX 12 /* checks, those with options counted apart */

/* One check that would tell. */
struct untested {
	const char *test; /* its name and options: "mtu", "limit --rate"; a constant */
	double support;   /* decibans: the most that one piece of evidence from it brings for the cause; 0: none */
	double against;   /* the same against it; 0 or negative */
};

/*
 * The checks that have not run and could tell something of a cause about that subject, those of most weight first.
 * Returns how many.
 */
size_t untested_find(const struct case_file *c, const struct cause *cause, const char *subject,
                     struct untested found[static UNTESTED_MAX]);

#endif
