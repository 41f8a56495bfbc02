#include "base/i18n.h"
#include "base/xalloc.h"
#include "report/sections.h"
#include "smtp/phase.h"

#include <stdlib.h>
#include <string.h>

#define PATIENCE_LEAST 300.0 /* s, for which a server waits for the next command: RFC 5321 4.5.3.2.7 */
#define SCALE_LEAST    1.0   /* s: nobody's mail is late for less, so a chart of less shall not look full */

/* A subject's facts, next to each other in facts_by_subject(). */
struct group {
	const struct fact *const *facts;
	size_t count;
};

static const struct fact *group_find(const struct group *g, const char *name)
{
	for (size_t i = 0; i < g->count; i++)
		if (strcmp(g->facts[i]->def->name, name) == 0)
			return g->facts[i];
	return NULL;
}

static bool is_word(const struct fact *fact, const char *word)
{
	return fact != NULL && strcmp(fact->text, word) == 0;
}

/* What stands behind a bar: the reply code or how it ended, and the least time to wait. The caller frees. */
static char *note_text(const char *end, double minimum_s)
{
	return minimum_s > 0 ? xasprintf(_("%-3s  min %.0f s"), end, minimum_s) : xstrdup(end);
}

static struct bar *add_timer(struct document *d, const char *title, const struct fact *time, double from,
                             const char *end, double minimum_s)
{
	char *value = fact_value_text(time);
	char *note = note_text(end, minimum_s);
	struct bar *bar = document_bar(d, title, value, from, from + time->number, note);

	free(value);
	free(note);
	return bar;
}

/* How a phase without a reply ended. */
static const char *end_text(const struct group *g, const struct smtp_phase_def *phase)
{
	const bool connecting = phase == &smtp_phases[SMTP_CONNECT];
	const struct fact *outcome = group_find(g, connecting ? "smtp.connect.outcome" : "smtp.outcome");

	return outcome != NULL ? outcome->text : "...";
}

/* How the server's patience ended: with the code of its reply, or in a word. The caller frees. */
static char *patience_end_text(const struct group *g)
{
	const struct fact *end = group_find(g, "smtp.patience.end");
	const struct fact *code = group_find(g, "smtp.reply.code");

	if (is_word(end, "reply") && code != NULL)
		return fact_value_text(code);
	return xstrdup(end != NULL ? end->text : "");
}

/* The phases of one endpoint, each bar beginning where the one before ended. */
static void add_waterfall(struct document *d, const struct group *g)
{
	const struct fact *stage = group_find(g, "smtp.stage");
	const struct fact *waited = group_find(g, "smtp.waited");
	const struct fact *patience = group_find(g, "smtp.patience");
	double from = 0;

	document_add(d, BLOCK_STEP, "%s", g->facts[0]->subject);
	document_begin_chart(d, SCALE_LEAST);
	for (size_t i = 0; i < SMTP_PHASES; i++) {
		const struct smtp_phase_def *phase = &smtp_phases[i];
		const struct fact *delay = group_find(g, phase->delay_fact);
		const struct fact *code = phase->code_fact != NULL ? group_find(g, phase->code_fact) : NULL;
		if (delay != NULL) {
			char *end = code != NULL ? fact_value_text(code) : xstrdup("");
			add_timer(d, phase->name, delay, from, end, phase->minimum);
			from += delay->number;
			free(end);
		} else if (is_word(stage, phase->name) && waited != NULL) {
			add_timer(d, phase->name, waited, from, end_text(g, phase), phase->minimum)->open = true;
			from += waited->number;
		}
	}
	if (patience != NULL) {
		char *end = patience_end_text(g);
		const struct fact *by = group_find(g, "smtp.patience.end");
		add_timer(d, _("silence"), patience, from, end, PATIENCE_LEAST)->open =
		    is_word(by, "outlasted") || is_word(by, "forgotten");
		free(end);
	}
}

static bool has_timers(const struct group *g)
{
	for (size_t i = 0; i < SMTP_PHASES; i++)
		if (group_find(g, smtp_phases[i].delay_fact) != NULL)
			return true;
	return group_find(g, "smtp.waited") != NULL;
}

void add_timers(struct document *d, const struct case_file *c)
{
	const struct fact **facts = facts_by_subject(c);
	bool first = true;

	for (size_t i = 0, end; i < c->fact_count; i = end) {
		end = subject_end(facts, c->fact_count, i);
		const struct group g = {.facts = facts + i, .count = end - i};
		if (!has_timers(&g))
			continue;
		if (first) {
			document_add(d, BLOCK_HEADING, "%s", _("Time spent in each phase"));
			document_add(d, BLOCK_PARAGRAPH, "%s",
			             _("On the right the reply, or how it ended without one, and the least time that "
			               "RFC 5321 4.5.3.2 "
			               "wants a program to wait there."));
		}
		first = false;
		add_waterfall(d, &g);
	}
	free(facts);
}

/* One name server: how long an answer takes, and what it does with questions. */
static void add_name_server(struct document *d, const struct fact *state, const struct fact *delay)
{
	char *value = delay != NULL ? fact_value_text(delay) : xstrdup("-");

	document_bar(d, state->subject, value, 0, delay != NULL ? delay->number : 0, state->text);
	free(value);
}

void add_name_servers(struct document *d, const struct case_file *c)
{
	static const struct {
		const char *state, *delay;
	} kinds[] = {{"dns.resolver.state", "dns.resolver.delay"}, {"dns.ns.state", "dns.ns.delay"}};
	const struct fact *slowest = case_find_fact(c, "dns.slowest.delay", NULL);
	const struct fact *question = case_find_fact(c, "dns.slowest.question", NULL);
	const struct fact *server = case_find_fact(c, "dns.slowest.server", NULL);
	const struct fact **facts = facts_by_subject(c);
	bool begun = false;

	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
		for (size_t i = 0, end; i < c->fact_count; i = end) {
			end = subject_end(facts, c->fact_count, i);
			const struct group g = {.facts = facts + i, .count = end - i};
			const struct fact *state = group_find(&g, kinds[k].state);
			if (state == NULL)
				continue;
			if (!begun) {
				document_add(d, BLOCK_HEADING, "%s", _("Name servers"));
				document_begin_chart(d, SCALE_LEAST);
			}
			begun = true;
			add_name_server(d, state, group_find(&g, kinds[k].delay));
		}
	}
	free(facts);
	if (!begun || slowest == NULL || question == NULL || server == NULL)
		return;
	char *time = fact_value_text(slowest);
	document_add(d, BLOCK_PARAGRAPH, _("The slowest question: %s to %s, %s."), question->text, server->text, time);
	free(time);
}
