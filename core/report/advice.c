#include "base/i18n.h"
#include "base/xalloc.h"
#include "report/fixes.h"
#include "report/sections.h"
#include "report/verdict.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BECAUSE_MAX    ((size_t)4) /* reasons on the first screen; all of them stand with the candidates */
#define AGAINST_MAX    ((size_t)2)
#define CANDIDATES_MIN 2
#define CANDIDATES_MAX ((size_t)12)
#define HELP_COMMAND   "smtpdx help " /* a reference to a topic */

static int compare_weights(const void *a, const void *b)
{
	const struct reason *const *first = a, *const *second = b;
	double x = fabs((*first)->weight), y = fabs((*second)->weight);

	if (x != y)
		return x > y ? -1 : 1;
	return *first < *second ? -1 : *first > *second;
}

static int compare_places(const void *a, const void *b)
{
	const struct reason *const *first = a, *const *second = b;

	return *first < *second ? -1 : *first > *second;
}

/*
 * The `max` heaviest reasons, in the order in which they stand: that of the cause file, whose sentences may lean on each
 * other. The caller frees the array, not the reasons.
 */
static const struct reason **heaviest(const struct reason *reasons, size_t count, size_t max)
{
	const struct reason **chosen = xcalloc(count + 1, sizeof *chosen);

	for (size_t i = 0; i < count; i++)
		chosen[i] = &reasons[i];
	qsort(chosen, count, sizeof *chosen, compare_weights);
	qsort(chosen, max, sizeof *chosen, compare_places);
	return chosen;
}

/* Decibans with their sign: for or against. Returns how many were left out. */
static size_t add_reasons(struct document *d, const struct reason *reasons, size_t count, size_t max, char sign)
{
	size_t shown = count < max ? count : max;
	const struct reason **chosen = heaviest(reasons, count, shown);

	for (size_t i = 0; i < shown; i++) {
		char number[8], label[8];
		snprintf(number, sizeof number, "%c%.0f", sign, fmin(fabs(chosen[i]->weight), 999));
		snprintf(label, sizeof label, "%3s", number);
		document_item(d, label, "%s", *chosen[i]->text != '\0' ? chosen[i]->text : chosen[i]->fact);
	}
	free(chosen);
	return count - shown;
}

static void add_evidence(struct document *d, const struct finding *f, size_t because_max, size_t against_max)
{
	if (f->because_count + f->against_count == 0)
		return;
	document_add(d, BLOCK_HEADING, "%s", f->against_count > 0 ? _("Because (+) and against (-)") : _("Because"));
	size_t left = add_reasons(d, f->because, f->because_count, because_max, '+');
	left += add_reasons(d, f->against, f->against_count, against_max, '-');
	if (left > 0)
		document_item(
		    d, "...",
		    ngettext("%zu lighter reason: see Candidates", "%zu lighter reasons: see Candidates", left), left);
}

static void add_fix(struct document *d, size_t number, const struct finding *f, const struct fix *fix)
{
	document_add(d, BLOCK_STEP, "%zu. %s (%s): %s", number, fix_kind_text(f, fix), fix_place_text(fix), fix->does);
	if (fix->reckoning != NULL)
		document_item(d, NULL, _("Reckoned: %s"), fix->reckoning);
	if (fix->side_effect != NULL)
		document_item(d, NULL, _("Side effect: %s"), fix->side_effect);
	if (*fix->command != '\0')
		document_command(d, NULL, fix->command);
	if (*fix->verify != '\0')
		document_command(d, _("Verify:"), fix->verify);
	if (*fix->undo != '\0')
		document_command(d, _("Undo:"), fix->undo);
}

/* Frees the array. */
static void add_fix_list(struct document *d, const struct finding *f, const struct fix **fixes, size_t count)
{
	if (count > 0)
		document_add(d, BLOCK_HEADING, "%s", _("What to do"));
	for (size_t i = 0; i < count; i++)
		add_fix(d, i + 1, f, fixes[i]);
	free(fixes);
}

static void add_fixes(struct document *d, const struct case_file *c, const struct finding *f)
{
	size_t count;
	const struct fix **fixes = fixes_of(c, f, &count);

	add_fix_list(d, f, fixes, count);
}

/* Where a verdict holds, when that is more than one place. */
static void add_subjects(struct document *d, const struct case_file *c, const struct finding *f)
{
	size_t same = 0;

	for (size_t i = 0; i < c->finding_count; i++)
		same += finding_is_verdict(c, i) && strcmp(c->findings[i].cause, f->cause) == 0;
	if (same < 2)
		return;
	document_add(d, BLOCK_HEADING, "%s", _("Where"));
	for (size_t i = 0; i < finding_shown_count(c); i++) {
		if (!finding_is_verdict(c, i) || strcmp(c->findings[i].cause, f->cause) != 0)
			continue;
		char *probability = probability_text(c->findings[i].probability);
		char *place = place_name(c->findings[i].subject);
		document_item(d, NULL, "%s (%s)", place, probability);
		free(place);
		free(probability);
		same--;
	}
	if (same > 0)
		document_item(d, "...", _("%zu more: the JSON report has them"), same);
}

static void add_dead_ends(struct document *d, const struct finding *f)
{
	if (f->dead_end_count > 0)
		document_add(d, BLOCK_HEADING, "%s", _("What does not help"));
	for (size_t i = 0; i < f->dead_end_count; i++)
		document_item(d, NULL, "%s: %s", f->dead_ends[i].idea, f->dead_ends[i].why);
}

/* Lines as they are to be sent. */
static void add_message(struct document *d, const struct finding *f)
{
	if (f->message == NULL)
		return;
	document_add(d, BLOCK_HEADING, "%s", _("A message to whoever runs it"));
	document_begin(d, BLOCK_LOG, 2);
	for (const char *line = f->message; *line != '\0';) {
		size_t length = strcspn(line, "\n");
		char *copy = xstrndup(line, length);
		document_cell(d, "");
		document_cell(d, copy);
		free(copy);
		line += length + (line[length] == '\n');
	}
}

static void add_references(struct document *d, const struct finding *f)
{
	if (f->see_count > 0)
		document_add(d, BLOCK_HEADING, "%s", _("See also"));
	for (size_t i = 0; i < f->see_count; i++) {
		document_item(d, NULL, "%s", f->see[i]);
		if (strncmp(f->see[i], HELP_COMMAND, strlen(HELP_COMMAND)) == 0)
			document_link(d, f->see[i] + strlen("smtpdx "));
	}
}

/* The words of the server itself, which whoever comes from a log or a bounce looks for first. */
static void add_deciding_reply(struct document *d, const struct case_file *c, const char *subject)
{
	const struct fact *code = case_find_fact(c, "smtp.reply.code", subject);
	const struct fact *enhanced = case_find_fact(c, "smtp.reply.enhanced", subject);
	const struct fact *text = case_find_fact(c, "smtp.reply.text", subject);
	const struct fact *phase = case_find_fact(c, "smtp.reply.phase", subject);

	if (code == NULL || text == NULL || phase == NULL)
		return;
	char *number = fact_value_text(code);
	document_add(d, BLOCK_PARAGRAPH, _("Its reply in the phase %s: %s %s%s%s"), phase->text, number,
	             enhanced != NULL ? enhanced->text : "", enhanced != NULL ? " " : "", text->text);
	free(number);
}

void add_verdict(struct document *d, const struct case_file *c)
{
	char *sentence = verdict_sentence(c);

	document_add(d, BLOCK_TITLE, "smtpdx: %s, %s", c->target, c->created);
	document_add(d, BLOCK_PARAGRAPH, "%s", sentence);
	free(sentence);
	if (c->finding_count > 0)
		add_deciding_reply(d, c, c->findings[0].subject);
	for (size_t i = 1; i < finding_shown_count(c); i++) {
		const struct finding *f = &c->findings[i];
		if (!finding_is_verdict(c, i) || finding_is_repeated(c, i))
			continue;
		char *probability = probability_text(f->probability);
		char *place = place_name(f->subject);
		document_add(d, BLOCK_PARAGRAPH, _("And at %s: %s (%s)."), place, f->title, probability);
		free(place);
		free(probability);
	}
}

static void add_whole(struct document *d, const struct case_file *c, const struct finding *f)
{
	add_evidence(d, f, BECAUSE_MAX, AGAINST_MAX);
	add_fixes(d, c, f);
	/* Of a case with gaps, "healthy" would say more than is known. */
	if (f->why != NULL && *f->why != '\0' && case_verdict(c) != VERDICT_INCOMPLETE) {
		document_add(d, BLOCK_HEADING, "%s", _("What it means"));
		document_prose(d, f->why);
	}
	add_subjects(d, c, f);
	add_dead_ends(d, f);
	add_message(d, f);
	add_references(d, f);
}

static void add_what_to_do(struct document *d, const struct case_file *c, const struct finding *f)
{
	add_fixes(d, c, f);
	add_dead_ends(d, f);
	add_message(d, f);
}

/* Each thing that is wrong, once, in the way that the caller wants. */
static void add_verdicts(struct document *d, const struct case_file *c,
                         void (*add)(struct document *, const struct case_file *, const struct finding *))
{
	if (case_verdict(c) == VERDICT_UNMEASURED) /* a ranking of prejudices */
		return;
	for (size_t i = 0; i < finding_shown_count(c); i++) {
		const struct finding *f = &c->findings[i];
		if (!finding_is_verdict(c, i) || finding_is_repeated(c, i))
			continue;
		if (i > 0)
			document_add(d, BLOCK_HEADING, _("Also wrong: %s"), f->title);
		add(d, c, f);
	}
}

void add_advice(struct document *d, const struct case_file *c)
{
	add_verdicts(d, c, add_whole);
}

void add_steps(struct document *d, const struct case_file *c)
{
	add_verdicts(d, c, add_what_to_do);
}

void add_finding_reasons(struct document *d, const struct case_file *c, size_t index)
{
	const struct finding *f = &c->findings[index];
	char *probability = probability_text(f->probability);
	char *place = place_name(f->subject);

	document_add(d, BLOCK_TITLE, "%s", f->title);
	document_add(d, BLOCK_PARAGRAPH, _("%s at %s (%s)"), probability, place, f->cause);
	free(probability);
	free(place);
	add_evidence(d, f, f->because_count, f->against_count);
}

void add_finding_advice(struct document *d, const struct case_file *c, size_t index)
{
	const struct finding *f = &c->findings[index];
	size_t count;
	const struct fix **fixes = fixes_of_finding(f, &count);

	if (f->why != NULL && *f->why != '\0') {
		document_add(d, BLOCK_HEADING, "%s", _("What it means"));
		document_prose(d, f->why);
	}
	add_fix_list(d, f, fixes, count);
	add_dead_ends(d, f);
	add_message(d, f);
	add_references(d, f);
}

/* The first few always; below them, what nothing speaks for or against is no candidate worth a line. */
static bool is_worth_showing(const struct finding *f, size_t index)
{
	return index < CANDIDATES_MIN || (index < CANDIDATES_MAX && f->because_count + f->against_count > 0);
}

void add_candidates(struct document *d, const struct case_file *c)
{
	size_t left = 0;

	if (c->finding_count == 0)
		return;
	document_add(d, BLOCK_HEADING, "%s", _("Candidates"));
	document_add(d, BLOCK_PARAGRAPH, "%s",
	             _("Weights are decibans: +10 makes a cause ten times more likely, -10 less."));
	for (size_t i = 0; i < c->finding_count; i++) {
		const struct finding *f = &c->findings[i];
		if (!is_worth_showing(f, i)) {
			left++;
			continue;
		}
		char *probability = probability_text(f->probability);
		document_add(d, BLOCK_STEP, "%s  %s: %s (%s)", probability, f->cause, f->title, f->subject);
		add_reasons(d, f->because, f->because_count, f->because_count, '+');
		add_reasons(d, f->against, f->against_count, f->against_count, '-');
		free(probability);
	}
	if (left > 0)
		document_add(d, BLOCK_STEP, _("%zu more, less likely: the JSON report has them"), left);
}
