/*
 * diagnose - from facts to a ranked list of causes
 *
 * Looks at nothing but the facts of the case and the catalogue in help/causes/. Ranking is weight of evidence: each cause
 * has a prior and conditions in decibans (+10: ten times more likely); they are summed and normalised over all causes,
 * with `healthy` and `unknown` among them. Evidence is per subject: every endpoint is judged with its own facts and those
 * of its address, its host, the target, this machine and its resolvers.
 */
#ifndef SMTPDX_DIAGNOSE_DIAGNOSE_H
#define SMTPDX_DIAGNOSE_DIAGNOSE_H

#include "base/err.h"
#include "model/case.h"

struct catalogue;

/* Loads and checks every cause file; NULL with file, line and what was expected when one is wrong. */
struct catalogue *catalogue_load(struct err *err);
void catalogue_free(struct catalogue *catalogue);

/* Derives the facts of check "derived" (again), then replaces the diagnosis of the case. */
void diagnose(struct case_file *c, const struct catalogue *catalogue);

#endif
