#include "diagnose/diagnose.h"

#include "base/i18n.h"
#include "base/xalloc.h"
#include "diagnose/derive.h"
#include "diagnose/letter.h"
#include "diagnose/rank.h"
#include "diagnose/template.h"

#include <stdlib.h>
#include <string.h>

/* A sentence of a cause file in the reader's language, with its values. */
static char *sentence(const char *text, const struct template_values *values)
{
	return template_fill(_(text), TEMPLATE_SENTENCE, values);
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

/* Two texts of command lines, one below the other; either may be NULL. The caller frees. */
static char *join_lines(const char *first, const char *second)
{
	if (first == NULL || second == NULL)
		return xstrdup(first != NULL ? first : second != NULL ? second : "");
	return xasprintf("%s\n%s", first, second);
}

static bool remedy_shows(const struct remedy *remedy, const char *figure)
{
	bool shows =
	    template_shows(remedy->does, figure) || (remedy->run != NULL && template_shows(remedy->run, figure));

	for (size_t i = 0; i < remedy->change_count; i++)
		shows = shows || template_shows(remedy->changes[i].value, figure);
	return shows;
}

/* How the figures in it were reckoned; NULL when there is nothing to explain. The caller frees. */
static char *reckoning(const struct remedy *remedy, const struct template_values *values)
{
	const struct figures *figures = values->figures;
	char *text = NULL;

	for (size_t i = 0; i < figures->count; i++) {
		const struct figure *figure = figures->list[i];
		if (figure->sentence == NULL || !remedy_shows(remedy, figure->def.name) ||
		    scope_find(values->scope, &figure->def) == NULL)
			continue;
		char *before = text, *one = sentence(figure->sentence, values);
		text = before != NULL ? xasprintf("%s; %s", before, one) : xstrdup(one);
		free(before);
		free(one);
	}
	return text;
}

/*
 * The commands of a remedy: its own lines, then those that change settings. What is withheld has nothing to undo, and
 * showing that a setting took effect would be in vain.
 */
static void fill_commands(struct fix *fix, const struct remedy *remedy, const struct template_values *values)
{
	struct change_commands set = {NULL, NULL, NULL};
	char *run = remedy->run != NULL ? template_fill(remedy->run, TEMPLATE_COMMAND, values) : NULL;
	char *undo = remedy->undo != NULL ? template_fill(remedy->undo, TEMPLATE_COMMAND, values) : NULL;
	char *verify = remedy->verify != NULL ? template_fill(remedy->verify, TEMPLATE_COMMAND, values) : NULL;
	bool withheld = remedy->run != NULL && run == NULL;

	if (!withheld && remedy->change_count > 0)
		withheld = changes_fill(remedy->changes, remedy->change_count, values, &set) != 0;
	fix->command = withheld ? xstrdup("") : join_lines(run, set.run);
	fix->undo = withheld ? xstrdup("") : join_lines(undo, set.undo);
	fix->verify = join_lines(set.verify, verify);
	free(run);
	free(undo);
	free(verify);
	free(set.run);
	free(set.undo);
	free(set.verify);
}

static void add_fix(struct finding *f, const struct remedy *remedy, const struct template_values *values)
{
	struct fix fix = {
	    .kind = xstrdup(remedy->until_then ? "until-then" : "fix"),
	    .where = xstrdup(remedy->where),
	    .does = sentence(remedy->does, values),
	    .reckoning = reckoning(remedy, values),
	    .side_effect = remedy->side_effect != NULL ? sentence(remedy->side_effect, values) : NULL,
	};

	fill_commands(&fix, remedy, values);
	f->fixes = xgrow(f->fixes, f->fix_count, &f->fix_room, sizeof *f->fixes);
	f->fixes[f->fix_count++] = fix;
}

/* Fixes first, then what helps until they are in place. */
static void add_fixes(struct finding *f, const struct cause *cause, bool until_then,
                      const struct template_values *values)
{
	bool offered = false;

	for (size_t i = 0; i < cause->remedy_count; i++) {
		const struct remedy *remedy = &cause->remedies[i];
		struct match match = {.count = 0};
		struct template_values matched = *values;

		matched.match = &match;
		if (remedy->until_then != until_then || (remedy->otherwise && offered))
			continue;
		if (remedy->condition.count > 0 && !condition_holds(&remedy->condition, values->scope, &match))
			continue;
		add_fix(f, remedy, &matched);
		offered = offered || remedy->condition.count > 0;
	}
}

/* What is to be done, and asked of others, with the figures of the cause among its facts. */
static void add_remedies(const struct case_file *c, struct finding *f, const struct cause *cause,
                         const struct template_values *values)
{
	struct fact *numbers = xcalloc(cause->figures.count + 1, sizeof *numbers);
	struct scope scope;
	struct template_values with_figures = *values;

	figures_scope_init(&scope, values->scope, &cause->figures, numbers);
	with_figures.scope = &scope;
	with_figures.figures = &cause->figures;
	add_fixes(f, cause, false, &with_figures);
	add_fixes(f, cause, true, &with_figures);
	f->message = letter_write(c, f, cause, &with_figures);
	figures_scope_done(&scope);
	free(numbers);
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
	add_remedies(c, f, cause, &values);
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
