#include "report/verdict.h"

#include "base/i18n.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

#define FINDINGS_MAX ((size_t)100)

static bool is_cause(const struct finding *f, const char *cause)
{
	return strcmp(f->cause, cause) == 0;
}

size_t finding_shown_count(const struct case_file *c)
{
	size_t count = c->finding_count < FINDINGS_MAX ? c->finding_count : FINDINGS_MAX;

	for (; count > 1; count--) {
		const struct finding *last = &c->findings[count - 1];
		if (last->because_count > 0 || is_cause(last, "healthy") || is_cause(last, "unknown"))
			break;
	}
	return count;
}

bool finding_is_verdict(const struct case_file *c, size_t index)
{
	const struct finding *f = &c->findings[index];

	return index == 0 || (f->probability >= 0.5 && !is_cause(f, "healthy") && !is_cause(f, "unknown"));
}

bool finding_is_repeated(const struct case_file *c, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(c->findings[i].cause, c->findings[index].cause) == 0)
			return true;
	return false;
}

/* The first check with that outcome; NULL when there is none. */
static const struct check_result *find_check(const struct case_file *c, enum check_status status)
{
	for (size_t i = 0; i < c->check_count; i++)
		if (c->checks[i].status == status)
			return &c->checks[i];
	return NULL;
}

static bool is_measured(const struct case_file *c)
{
	for (size_t i = 0; i < c->fact_count; i++)
		if (strcmp(c->facts[i].check, "derived") != 0)
			return true;
	return json_array_size(c->foreign_facts) > 0;
}

enum verdict case_verdict(const struct case_file *c)
{
	if (!is_measured(c) || c->finding_count == 0)
		return VERDICT_UNMEASURED;
	if (!is_cause(&c->findings[0], "healthy") && !is_cause(&c->findings[0], "unknown"))
		return VERDICT_TROUBLE;
	/* What a failed check left behind may point to a cause, but it acquits nobody. */
	if (c->check_count > 0 && find_check(c, CHECK_DONE) == NULL)
		return VERDICT_UNMEASURED;
	if (is_cause(&c->findings[0], "unknown"))
		return VERDICT_UNCLEAR;
	return find_check(c, CHECK_FAILED) != NULL ? VERDICT_INCOMPLETE : VERDICT_HEALTHY;
}

int report_exit_status(const struct case_file *c)
{
	static const int statuses[] = {
	    [VERDICT_HEALTHY] = 0,    [VERDICT_TROUBLE] = 1,    [VERDICT_UNCLEAR] = 1,
	    [VERDICT_INCOMPLETE] = 3, [VERDICT_UNMEASURED] = 3,
	};
	return statuses[case_verdict(c)];
}

char *probability_text(double probability)
{
	if (probability >= 0.995)
		return xstrdup("> 99 %");
	if (!(probability >= 0.005))
		return xstrdup("< 1 %");
	return xasprintf("%.0f %%", probability * 100);
}

static const char *sureness(double probability)
{
	if (probability >= 0.95)
		return _("almost certain");
	if (probability >= 0.8)
		return _("very likely");
	if (probability >= 0.5)
		return _("likely");
	return _("the likeliest of several");
}

char *place_name(const char *subject)
{
	static const char self[] = "self";
	size_t size = strlen(self);

	if (strncmp(subject, self, size) != 0 || strchr(" ", subject[size]) == NULL)
		return xstrdup(subject);
	return xasprintf("%s%s", _("this machine"), subject + size);
}

/* Where the first verdict holds: its subject, and how many others have the same. */
static char *verdict_place(const struct case_file *c)
{
	const struct finding *first = &c->findings[0];
	size_t others = 0;

	for (size_t i = 1; i < c->finding_count; i++)
		if (finding_is_verdict(c, i) && is_cause(&c->findings[i], first->cause))
			others++;
	char *place = place_name(*first->subject != '\0' ? first->subject : c->target);
	if (others == 0)
		return place;
	char *places = xasprintf(ngettext("%s and %zu other", "%s and %zu others", others), place, others);
	free(place);
	return places;
}

static char *trouble_sentence(const struct case_file *c)
{
	const struct finding *first = &c->findings[0];
	char *place = verdict_place(c);
	char *probability = probability_text(first->probability);
	char *sentence = xasprintf("%s: %s (%s, %s).", place, first->title, probability, sureness(first->probability));

	free(place);
	free(probability);
	return sentence;
}

/* The reason why so little is known, e.g. "smtp at mx1: no route"; the caller frees. */
static char *failure_text(const struct case_file *c)
{
	const struct check_result *check = find_check(c, CHECK_FAILED);

	if (check == NULL)
		check = find_check(c, CHECK_NOT_TESTED);
	if (check == NULL)
		check = find_check(c, CHECK_NOT_APPLICABLE);
	if (check == NULL)
		return xstrdup(is_measured(c) ? _("there is no diagnosis") : _("no check was made"));
	return xasprintf(_("check %s of %s: %s"), check->check, check->subject,
	                 check->error != NULL ? check->error : check_status_text(check->status));
}

char *verdict_sentence(const struct case_file *c)
{
	enum verdict verdict = case_verdict(c);
	char *sentence;

	if (verdict == VERDICT_TROUBLE)
		return trouble_sentence(c);
	if (verdict == VERDICT_HEALTHY || verdict == VERDICT_UNCLEAR) {
		char *probability = probability_text(c->findings[0].probability);
		sentence = verdict == VERDICT_HEALTHY
		               ? xasprintf(_("%s: nothing is wrong, as far as it was measured (%s sure)."), c->target,
		                           probability)
		               : xasprintf(_("%s: the measurements do not point to any one cause (%s sure)."),
		                           c->target, probability);
		free(probability);
		return sentence;
	}
	char *failure = failure_text(c);
	sentence =
	    verdict == VERDICT_INCOMPLETE
		? xasprintf(_("%s: nothing wrong was found, but not all could be measured: %s."), c->target, failure)
		: xasprintf(_("%s: it could not be measured: %s."), c->target, failure);
	free(failure);
	return sentence;
}
