#include "report/fixes.h"

#include "base/i18n.h"
#include "base/xalloc.h"
#include "report/verdict.h"

#include <stdlib.h>
#include <string.h>

const char *fix_place_text(const struct fix *fix)
{
	static const struct {
		const char *word, *text;
	} places[] = {
	    {"this-host", N_("on this host")},     {"their-server", N_("on the receiving server")},
	    {"firewall", N_("on the firewall")},   {"dns", N_("in our DNS")},
	    {"their-dns", N_("in their DNS")},     {"application", N_("in the application")},
	    {"provider", N_("with the provider")},
	};

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		if (strcmp(fix->where, places[i].word) == 0)
			return _(places[i].text);
	return fix->where;
}

static bool is_relief(const struct fix *fix)
{
	return strcmp(fix->kind, "until-then") == 0;
}

const char *fix_kind_text(const struct finding *f, const struct fix *fix)
{
	if (strcmp(f->cause, "healthy") == 0 || strcmp(f->cause, "unknown") == 0)
		return _("Next test");
	return is_relief(fix) ? _("Until then") : _("Fix");
}

static bool is_same(const struct fix *a, const struct fix *b)
{
	return strcmp(a->kind, b->kind) == 0 && strcmp(a->where, b->where) == 0 && strcmp(a->does, b->does) == 0 &&
	       strcmp(a->command, b->command) == 0;
}

struct list {
	const struct fix **fixes;
	size_t count, room;
};

static void add_once(struct list *list, const struct fix *fix)
{
	for (size_t i = 0; i < list->count; i++)
		if (is_same(list->fixes[i], fix))
			return;
	list->fixes = xgrow(list->fixes, list->count, &list->room, sizeof *list->fixes);
	list->fixes[list->count++] = fix;
}

static void add_kind(struct list *list, const struct finding *f, bool relief)
{
	for (size_t i = 0; i < f->fix_count; i++)
		if (is_relief(&f->fixes[i]) == relief)
			add_once(list, &f->fixes[i]);
}

const struct fix **fixes_of(const struct case_file *c, const struct finding *verdict, size_t *count)
{
	struct list list = {0};

	for (int relief = 0; relief <= 1; relief++)
		for (size_t i = 0; i < finding_shown_count(c); i++)
			if (finding_is_verdict(c, i) && strcmp(c->findings[i].cause, verdict->cause) == 0)
				add_kind(&list, &c->findings[i], relief);
	*count = list.count;
	return list.fixes;
}

const struct fix **fixes_of_finding(const struct finding *f, size_t *count)
{
	struct list list = {0};

	add_kind(&list, f, false);
	add_kind(&list, f, true);
	*count = list.count;
	return list.fixes;
}
