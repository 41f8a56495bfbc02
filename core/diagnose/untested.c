#include "diagnose/untested.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WEIGHT_MIN 8 /* decibans; what brings less is not worth a run */

/* What facts are about: where mail hosts were found, this machine is judged apart from them (scope.h). */
enum about { ABOUT_SERVER, ABOUT_THIS_HOST, ABOUT_BOTH };

/* Where facts come from, by the beginning of their names; the first row that fits counts. */
static const struct source {
	const char *facts; /* NULL: of any name */
	const char *test;  /* NULL: nothing measures them by itself */
	enum about about;
	bool has_options; /* the check may have run without them, and then its other facts are there */
	bool connects;    /* in vain where no connection comes about */
} sources[] = {
    {.facts = "smtp.patience", .test = "smtp --idle data", .has_options = true, .connects = true},
    {.facts = "limit.rate.", .test = "limit --rate", .has_options = true, .connects = true},
    {.facts = "limit.retry.", .test = "limit --patience", .has_options = true, .connects = true},
    {.facts = "limit.configured"},
    {.facts = "limit.", .test = "limit", .connects = true},
    {.facts = "mtu.", .test = "mtu", .connects = true},
    {.facts = "smtp.", .test = "smtp"},
    {.facts = "tcp.", .test = "smtp"},
    {.facts = "dns.", .test = "dns", .about = ABOUT_BOTH},
    {.facts = "seen.", .test = "log"},
    {.facts = "log.", .test = "log"},
    {.facts = "capture.", .test = "capture"},
    {.facts = "config.patience"},
    {.facts = "config.", .test = "config"},
    {.facts = "queue.", .test = "queue", .about = ABOUT_THIS_HOST},
    {.facts = "host.", .test = "host", .about = ABOUT_THIS_HOST},
    {0},
};

/* To stay silent after DATA takes a recipient that was accepted; where none was, the session ends before. */
#define IDLE_EARLIER "smtp --idle ehlo"

static bool begins_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static const struct source *source_of(const struct fact_def *def)
{
	const struct source *source = sources;

	while (source->facts != NULL && !begins_with(def->name, source->facts))
		source++;
	return source;
}

/* The check without its options. */
static bool is_check(const char *check, const char *test)
{
	const size_t size = strcspn(test, " ");

	return strlen(check) == size && strncmp(check, test, size) == 0;
}

static bool has_facts(const struct case_file *c, const char *start)
{
	for (size_t i = 0; i < c->fact_count; i++)
		if (begins_with(c->facts[i].def->name, start))
			return true;
	return false;
}

/*
 * Whether it has run, or would in vain: what is known of the subject counts, otherwise what is known of any. One that
 * failed or was left out can be tried again.
 */
static bool is_settled(const struct case_file *c, const struct source *source, const char *subject)
{
	bool about_it = false, other = false, known = false;

	if (source->has_options)
		return has_facts(c, source->facts);
	for (size_t i = 0; i < c->check_count; i++) {
		const struct check_result *result = &c->checks[i];
		const bool settled = result->status == CHECK_DONE || result->status == CHECK_NOT_APPLICABLE;
		if (!is_check(result->check, source->test))
			continue;
		known = known || strcmp(result->subject, subject) == 0;
		about_it = about_it || (settled && strcmp(result->subject, subject) == 0);
		other = other || settled;
	}
	return known ? about_it : other;
}

static const struct fact *find_word(const struct scope *scope, const char *name)
{
	return scope_find(scope, fact_def_find(name));
}

static bool is_in_vain(const struct source *source, const struct scope *scope)
{
	const struct fact *outcome = find_word(scope, "smtp.connect.outcome");

	return source->connects && outcome != NULL && strcmp(outcome->text, "connected") != 0;
}

/* apart: this machine is judged apart from mail hosts. */
static bool is_about(const struct source *source, const struct scope *scope, bool apart)
{
	return !apart || source->about == ABOUT_BOTH || (source->about == ABOUT_THIS_HOST) == scope->this_host;
}

static const char *test_of(const struct source *source, const struct scope *scope)
{
	const bool is_idle = strcmp(source->facts, "smtp.patience") == 0;

	if (is_idle && find_word(scope, "smtp.stage") != NULL && find_word(scope, "smtp.data.delay") == NULL)
		return IDLE_EARLIER;
	return source->test;
}

static void note(struct untested *found, size_t *count, const char *test, double weight)
{
	size_t i = 0;

	while (i < *count && strcmp(found[i].test, test) != 0)
		i++;
	if (i == UNTESTED_MAX)
		return;
	if (i == *count)
		found[(*count)++] = (struct untested){.test = test};
	found[i].support = fmax(found[i].support, weight);
	found[i].against = fmin(found[i].against, weight);
}

/*
 * The source of all that comparisons first to end - 1, which "and" joins, still lack. NULL when they cannot come to hold
 * any more, lack nothing, or lack what several checks measure.
 */
static const struct source *open_source(const struct condition *condition, size_t first, size_t end,
                                        const struct scope *scope)
{
	const struct source *lacks = NULL;

	for (size_t i = first; i < end; i++) {
		const struct comparison *comparison = &condition->comparisons[i];
		const struct source *source = source_of(comparison->def);
		if (scope_find(scope, comparison->def) != NULL) {
			struct condition alone = {.comparisons = {*comparison}, .count = 1};
			if (!condition_holds(&alone, scope, NULL))
				return NULL;
		} else if (source->test == NULL || (lacks != NULL && lacks != source)) {
			return NULL;
		} else {
			lacks = source;
		}
	}
	return lacks;
}

static void look_at(const struct case_file *c, const struct evidence *evidence, const struct scope *scope, bool apart,
                    const char *subject, struct untested *found, size_t *count)
{
	const struct condition *condition = &evidence->condition;

	if (fabs(evidence->weight) < WEIGHT_MIN || condition_holds(condition, scope, NULL))
		return;
	for (size_t first = 0, end; first < condition->count; first = end) {
		for (end = first + 1; end < condition->count && !condition->comparisons[end].after_or; end++)
			continue;
		const struct source *source = open_source(condition, first, end, scope);
		if (source != NULL && is_about(source, scope, apart) && !is_settled(c, source, subject) &&
		    !is_in_vain(source, scope))
			note(found, count, test_of(source, scope), evidence->weight);
	}
}

static int compare_reach(const void *a, const void *b)
{
	const struct untested *first = a, *second = b;
	const double x = first->support - first->against, y = second->support - second->against;

	if (x < y || x > y)
		return x > y ? -1 : 1;
	return strcmp(first->test, second->test);
}

size_t untested_find(const struct case_file *c, const struct cause *cause, const char *subject,
                     struct untested found[static UNTESTED_MAX])
{
	size_t scope_count, count = 0;
	struct scope *scopes = scopes_new(c, &scope_count);
	const struct scope *scope = &scopes[0];
	bool apart = false;

	for (size_t i = 0; i < scope_count; i++) {
		apart = apart || scopes[i].this_host;
		if (strcmp(scopes[i].subject, subject) == 0)
			scope = &scopes[i];
	}
	for (size_t i = 0; i < cause->evidence_count; i++)
		look_at(c, &cause->evidence[i], scope, apart, subject, found, &count);
	scopes_free(scopes, scope_count);
	qsort(found, count, sizeof *found, compare_reach);
	return count;
}
