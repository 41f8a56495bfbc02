#include "model/fact.h"

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "model/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX ((size_t)4096) /* no fact says more than a long SMTP reply */

const struct fact_def *fact_def_find(const char *name)
{
	for (size_t i = 0; fact_tables[i] != NULL; i++)
		for (const struct fact_def *def = fact_tables[i]; def->name != NULL; def++)
			if (strcmp(def->name, name) == 0)
				return def;
	return NULL;
}

bool fact_def_has_word(const struct fact_def *def, const char *word)
{
	size_t length = strlen(word);

	for (const char *p = def->words; p != NULL && *p != '\0'; p += strcspn(p, "|"), p += *p == '|')
		if (strcspn(p, "|") == length && strncmp(p, word, length) == 0)
			return true;
	return false;
}

const char *fact_kind_name(enum fact_kind kind)
{
	static const char *const names[] = {
	    [FACT_NUMBER] = "number",
	    [FACT_TEXT] = "text",
	    [FACT_WORD] = "word",
	    [FACT_FLAG] = "flag",
	};
	return names[kind];
}

void fact_done(struct fact *fact)
{
	free(fact->text);
	free(fact->subject);
	free(fact->check);
	free(fact->at);
	json_decref(fact->extra);
	*fact = (struct fact){0};
}

char *fact_value_text(const struct fact *fact)
{
	const char *unit = fact->def->unit;
	double n = fact->number;

	if (fact->def->kind == FACT_FLAG)
		return xstrdup(fact->flag ? _("yes") : _("no"));
	if (fact->def->kind != FACT_NUMBER)
		return xstrdup(fact->text);
	if (strcmp(unit, "s") == 0) {
		if (fabs(n) >= 2 * 86400)
			return xasprintf(_("%.0f days"), n / 86400);
		if (fabs(n) >= 2 * 3600)
			return xasprintf(_("%.1f h"), n / 3600);
		return fabs(n) < 0.01 ? xasprintf("%.2f ms", n * 1e3) : xasprintf("%.2f s", n);
	}
	if (strcmp(unit, "B") == 0 && fabs(n) >= 1e9)
		return xasprintf("%.1f GB", n / 1e9);
	if (strcmp(unit, "B") == 0)
		return xasprintf(_("%.0f bytes"), n);
	if (strcmp(unit, "ratio") == 0)
		return xasprintf("%.0f %%", n * 100);
	return xasprintf("%.0f", n);
}

json_t *fact_to_json(const struct fact *fact)
{
	json_t *object = json_new_object();

	json_put_text(object, "name", fact->def->name);
	switch (fact->def->kind) {
	case FACT_NUMBER:
		json_put(object, "value", json_new_number(fact->number));
		break;
	case FACT_FLAG:
		json_put(object, "value", json_boolean(fact->flag));
		break;
	case FACT_TEXT:
	case FACT_WORD:
		json_put_text(object, "value", fact->text);
		break;
	}
	json_put_text(object, "unit", fact->def->unit);
	json_put_text(object, "subject", fact->subject);
	json_put_text(object, "check", fact->check);
	json_put_text(object, "at", fact->at);
	json_put_extra(object, fact->extra);
	return object;
}

int fact_from_json(const json_t *object, struct fact *fact, struct err *err)
{
	static const char *const known[] = {"name", "value", "unit", "subject", "check", "at", NULL};
	const char *name = json_string_value(json_object_get(object, "name"));
	const json_t *value = json_object_get(object, "value");
	const struct fact_def *def = name != NULL ? fact_def_find(name) : NULL;

	*fact = (struct fact){0};
	if (def == NULL)
		return err_set(err, _("fact \"%s\": no such fact"), name != NULL ? name : "");
	bool fits = def->kind == FACT_NUMBER ? json_is_number(value)
	            : def->kind == FACT_FLAG ? json_is_boolean(value)
	                                     : json_is_string(value);
	if (!fits)
		return err_set(err, _("fact %s: its value must be a %s"), name, fact_kind_name(def->kind));
	if (def->kind == FACT_WORD && !fact_def_has_word(def, json_string_value(value)))
		return err_set(err, _("fact %s: \"%s\" is none of %s"), name, json_string_value(value), def->words);
	fact->def = def;
	fact->number = json_number_value(value);
	fact->flag = json_is_true(value);
	if (json_is_string(value))
		fact->text = text_clean_dup(json_string_value(value), json_string_length(value), TEXT_MAX);
	fact->subject = json_get_text(object, "subject", TEXT_MAX);
	fact->check = json_get_text(object, "check", TEXT_MAX);
	fact->at = json_get_text(object, "at", TEXT_MAX);
	fact->extra = json_get_extra(object, known);
	return 0;
}
