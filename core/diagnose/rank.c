#include "diagnose/rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EVEN        0.5
#define NEGLIGIBLE  0.005
#define SHOWN_LEAST 3
#define YIELDING    0.9  /* of the likeliest cause at a mail host */
#define CERTAIN     1e-9 /* how near to 0 and 1 a probability may come: nothing is certain */

static void weigh(const struct cause *cause, const struct scope *scope, struct candidate *candidate)
{
	double heaviest = 0;

	*candidate =
	    (struct candidate){.cause = cause, .scope = scope, .subject = scope->subject, .score = cause->prior};
	candidate->this_host = scope->this_host;
	candidate->ruled_out = scope->this_host && strcmp(cause->id, "healthy") != 0;
	for (size_t i = 0; i < cause->evidence_count; i++) {
		const struct evidence *evidence = &cause->evidence[i];
		struct match match;

		if (!condition_holds(&evidence->condition, scope, &match))
			continue;
		candidate->score += evidence->weight;
		if (evidence->weight > 0 && strcmp(cause->id, "unknown") != 0)
			candidate->ruled_out = false;
		if (evidence->weight > heaviest) {
			heaviest = evidence->weight;
			candidate->subject = match.facts[0]->subject;
		}
	}
}

void rank_scope(const struct catalogue *catalogue, const struct scope *scope, struct candidate *candidates)
{
	double best = -INFINITY, sum = 0;

	for (size_t i = 0; i < catalogue->count; i++) {
		weigh(&catalogue->causes[i], scope, &candidates[i]);
		if (!candidates[i].ruled_out)
			best = fmax(best, candidates[i].score);
	}
	/* Relative to the best, so that no power overflows. */
	for (size_t i = 0; i < catalogue->count; i++)
		if (!candidates[i].ruled_out)
			sum += pow(10, (candidates[i].score - best) / 10);
	for (size_t i = 0; i < catalogue->count; i++) {
		double probability = candidates[i].ruled_out ? 0 : pow(10, (candidates[i].score - best) / 10) / sum;
		candidates[i].probability = fmin(fmax(probability, CERTAIN), 1 - CERTAIN);
	}
}

static bool is_cause(const struct candidate *candidate, const char *id)
{
	return strcmp(candidate->cause->id, id) == 0;
}

/* About the whole case, not about one subject. */
static bool is_general(const struct candidate *candidate)
{
	return is_cause(candidate, "healthy") || is_cause(candidate, "unknown");
}

static bool same_entry(const struct candidate *a, const struct candidate *b)
{
	return a->cause == b->cause && (is_general(a) || strcmp(a->subject, b->subject) == 0);
}

/* Which of two candidates for the same entry stays. */
static bool replaces(const struct candidate *later, const struct candidate *earlier)
{
	return is_cause(later, "healthy") ? later->probability < earlier->probability
	                                  : later->probability > earlier->probability;
}

static size_t merge_entries(struct candidate *candidates, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		size_t j = 0;
		while (j < kept && !same_entry(&candidates[j], &candidates[i]))
			j++;
		if (j == kept)
			candidates[kept++] = candidates[i];
		else if (replaces(&candidates[i], &candidates[j]))
			candidates[j] = candidates[i];
	}
	return kept;
}

static int compare(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int order;

	if (x->probability > y->probability || x->probability < y->probability)
		return x->probability > y->probability ? -1 : 1;
	order = strcmp(x->cause->id, y->cause->id);
	return order != 0 ? order : strcmp(x->subject, y->subject);
}

static bool has_cause(const struct candidate *candidates, size_t count, const struct cause *cause)
{
	for (size_t i = 0; i < count; i++)
		if (candidates[i].cause == cause)
			return true;
	return false;
}

/*
 * What is wrong with this machine and what ends a session at a mail host are both true, but the mail fails for the
 * latter: it comes first.
 */
static void yield_to_hosts(struct candidate *candidates, size_t count)
{
	double best = 0;

	for (size_t i = 0; i < count; i++)
		if (!candidates[i].this_host && !is_general(&candidates[i]))
			best = fmax(best, candidates[i].probability);
	if (best < EVEN)
		return;
	for (size_t i = 0; i < count; i++)
		if (candidates[i].this_host && !is_general(&candidates[i]))
			candidates[i].probability = fmin(candidates[i].probability, best * YIELDING);
}

size_t rank_merge(struct candidate *candidates, size_t count)
{
	size_t kept = 0;

	yield_to_hosts(candidates, count);

	count = merge_entries(candidates, count);
	qsort(candidates, count, sizeof *candidates, compare);
	for (size_t i = 0; i < count; i++) {
		bool negligible = candidates[i].probability < NEGLIGIBLE && kept >= SHOWN_LEAST;
		bool repeated = candidates[i].probability < EVEN && has_cause(candidates, kept, candidates[i].cause);
		if (!negligible && !repeated)
			candidates[kept++] = candidates[i];
	}
	return kept;
}
