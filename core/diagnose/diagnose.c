#include "diagnose/diagnose.h"

#include "base/i18n.h"
#include "base/xalloc.h"
#include "diagnose/derive.h"
#include "diagnose/rank.h"
#include "diagnose/template.h"

#include <stdlib.h>
#include <string.h>

/* A sentence of a cause file in the reader's language, with its values. */
static char *sentence(const char *text, const struct template_values *values)
{
	return template_fill(_(text), TEMPLATE_SENTENCE, values);
}

/* A command, or "" when there is none or a value does not fit. */
static char *command(const char *text, const struct template_values *values)
{
	char *filled = text != NULL ? template_fill(text, TEMPLATE_COMMAND, values) : NULL;

	return filled != NULL ? filled : xstrdup("");
}

static void add_reason(struct reason **reasons, size_t *count, size_t *room, const struct evidence *evidence,
                       const struct template_values *values)
{
	*reasons = xgrow(*reasons, *count, room, sizeof **reasons);
	(*reasons)[(*count)++] = (struct reason){
	    .fact = xstrdup(values->match->facts[0]->def->name),
	    .text = sentence(evidence->sentence, values),
	    .weight = evidence->weight,
	};
}

static void add_reasons(struct finding *f, const struct candidate *candidate, const char *subject)
{
	const struct cause *cause = candidate->cause;

	for (size_t i = 0; i < cause->evidence_count; i++) {
		const struct evidence *evidence = &cause->evidence[i];
		struct match match;
		struct template_values values = {.scope = candidate->scope, .match = &match, .subject = subject};

		if (!condition_holds(&evidence->condition, candidate->scope, &match))
			continue;
		if (evidence->weight > 0)
			add_reason(&f->because, &f->because_count, &f->because_room, evidence, &values);
		else
			add_reason(&f->against, &f->against_count, &f->against_room, evidence, &values);
	}
}

static void add_fix(struct finding *f, const struct remedy *remedy, const struct template_values *values)
{
	char *run = command(remedy->run, values);
	bool withheld = remedy->run != NULL && *run == '\0'; /* then there is nothing to undo */

	f->fixes = xgrow(f->fixes, f->fix_count, &f->fix_room, sizeof *f->fixes);
	f->fixes[f->fix_count++] = (struct fix){
	    .kind = xstrdup(remedy->until_then ? "until-then" : "fix"),
	    .where = xstrdup(remedy->where),
	    .does = sentence(remedy->does, values),
	    .command = run,
	    .undo = command(withheld ? NULL : remedy->undo, values),
	    .verify = command(remedy->verify, values),
	};
}

/* Fixes first, then what helps until they are in place. */
static void add_fixes(struct finding *f, const struct candidate *candidate, bool until_then, const char *subject)
{
	const struct cause *cause = candidate->cause;
	bool offered = false;

	for (size_t i = 0; i < cause->remedy_count; i++) {
		const struct remedy *remedy = &cause->remedies[i];
		struct match match = {.count = 0};
		struct template_values values = {.scope = candidate->scope, .match = &match, .subject = subject};

		if (remedy->until_then != until_then || (remedy->otherwise && offered))
			continue;
		if (remedy->condition.count > 0 && !condition_holds(&remedy->condition, candidate->scope, &match))
			continue;
		add_fix(f, remedy, &values);
		offered = offered || remedy->condition.count > 0;
	}
}

static void add_dead_ends(struct finding *f, const struct cause *cause, const struct template_values *values)
{
	for (size_t i = 0; i < cause->blind_alley_count; i++) {
		f->dead_ends = xgrow(f->dead_ends, f->dead_end_count, &f->dead_end_room, sizeof *f->dead_ends);
		f->dead_ends[f->dead_end_count++] = (struct dead_end){
		    .idea = sentence(cause->blind_alleys[i].idea, values),
		    .why = sentence(cause->blind_alleys[i].why, values),
		};
	}
}

static void add_see(struct finding *f, const struct cause *cause)
{
	for (size_t i = 0; i < cause->see_count; i++) {
		f->see = xgrow(f->see, f->see_count, &f->see_room, sizeof *f->see);
		f->see[f->see_count++] = xstrdup(cause->see[i]);
	}
}

static void add_finding(struct case_file *c, const struct candidate *candidate)
{
	struct finding *f = case_add_finding(c);
	const struct cause *cause = candidate->cause;
	bool general = strcmp(cause->id, "healthy") == 0 || strcmp(cause->id, "unknown") == 0;
	const char *subject = general ? c->target : candidate->subject;
	struct template_values values = {.scope = candidate->scope, .subject = subject};

	f->cause = xstrdup(cause->id);
	f->title = xstrdup(_(cause->title));
	f->why = sentence(cause->why, &values);
	f->probability = candidate->probability;
	f->subject = xstrdup(subject);
	add_reasons(f, candidate, subject);
	add_fixes(f, candidate, false, subject);
	add_fixes(f, candidate, true, subject);
	add_dead_ends(f, cause, &values);
	add_see(f, cause);
}

void diagnose(struct case_file *c, const struct catalogue *catalogue)
{
	size_t scope_count, count;

	derive_facts(c);
	case_clear_diagnosis(c);
	struct scope *scopes = scopes_new(c, &scope_count);
	struct candidate *candidates = xcalloc(scope_count * catalogue->count + 1, sizeof *candidates);
	for (size_t i = 0; i < scope_count; i++)
		rank_scope(catalogue, &scopes[i], candidates + i * catalogue->count);
	count = rank_merge(candidates, scope_count * catalogue->count);
	for (size_t i = 0; i < count; i++)
		add_finding(c, &candidates[i]);
	free(candidates);
	scopes_free(scopes, scope_count);
}
