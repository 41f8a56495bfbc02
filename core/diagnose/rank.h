/*
 * rank - weight of evidence: from causes and facts to probabilities
 *
 * A cause's score is its prior plus the weights of the evidence that holds, in decibans. Within one scope the
 * probabilities are 10^(score/10), normalised over all causes with `healthy` and `unknown` among them. The results of
 * several scopes are then merged into one list.
 */
#ifndef SMTPDX_DIAGNOSE_RANK_H
#define SMTPDX_DIAGNOSE_RANK_H

#include "diagnose/cause.h"

struct candidate {
	const struct cause *cause;
	const struct scope *scope;
	const char *subject; /* of the fact that weighed most for it; owned by the case or the scope */
	double score;        /* decibans */
	bool this_host;      /* found in the scope of this machine */
	bool ruled_out;      /* of this machine only what has evidence for it is considered */
	double probability;  /* within its scope, in (0, 1) */
};

/* Judges all causes in one scope; candidates has room for catalogue->count of them. */
void rank_scope(const struct catalogue *catalogue, const struct scope *scope, struct candidate *candidates);

/*
 * Merges the candidates of all scopes, in place, into the list that is shown: one for each cause and subject, best
 * first. Returns how many are left, at the front.
 *   - the same cause about the same subject, seen from several scopes: the most probable
 *   - healthy: once, from the scope where it is least probable, since one sick mail host makes the case not healthy
 *   - unknown: once, the most probable
 *   - any other cause about several subjects: all that are at least even, otherwise the best
 *   - a cause at this machine comes after one at a mail host that is at least even: nine tenths of it at most
 *   - what is below 0.005 is dropped, except that at least three remain
 */
size_t rank_merge(struct candidate *candidates, size_t count);

#endif
