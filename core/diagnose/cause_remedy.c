#include "diagnose/cause_parser.h"

#include "base/i18n.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

const char *const remedy_places[] = {
    "this-host", "their-server", "firewall", "dns", "their-dns", "application", "provider", NULL,
};

static struct remedy *last_remedy(struct cause *cause)
{
	return &cause->remedies[cause->remedy_count - 1];
}

int cause_parse_let(struct parser *p, const char *value)
{
	struct figures *figures = &p->cause->figures;

	if (figures_parse(figures, value, p->err) != 0)
		return parser_fail(p);
	parser_begin_block(p, BLOCK_FIGURE, &figures->list[figures->count - 1]->sentence);
	return 0;
}

/* where=PLACE, the first word of value; *rest is what follows. */
static int parse_place(struct parser *p, const char *value, char **where, const char **rest)
{
	const char *place = strncmp(value, "where=", 6) == 0 ? value + 6 : value;
	size_t length = strcspn(place, BLANKS);

	*rest = place + length + strspn(place + length, BLANKS);
	for (size_t i = 0; place != value && remedy_places[i] != NULL; i++)
		if (strlen(remedy_places[i]) == length && strncmp(remedy_places[i], place, length) == 0)
			*where = xstrdup(remedy_places[i]);
	if (*where != NULL)
		return 0;
	err_set(p->err,
	        _("expected where=this-host, their-server, firewall, dns, their-dns, application or provider, "
	          "found \"%.*s\""),
	        (int)strcspn(value, BLANKS), value);
	return parser_fail(p);
}

/* if CONDITION, or nothing. */
static int parse_if(struct parser *p, const char *rest, struct condition *condition)
{
	const char *text = after_keyword(rest, "if");

	if (text != NULL && condition_parse(text, &p->cause->figures, condition, p->err) == 0)
		return 0;
	if (text == NULL && *rest == '\0')
		return 0;
	if (text == NULL)
		err_set(p->err, _("expected \"if CONDITION\", \"otherwise\" or the end of the line, found \"%s\""),
		        rest);
	return parser_fail(p);
}

/* where=PLACE [if CONDITION | otherwise] */
static int parse_remedy(struct parser *p, const char *value, bool until_then)
{
	struct cause *cause = p->cause;
	const char *rest;

	cause->remedies = xgrow(cause->remedies, cause->remedy_count, &cause->remedy_room, sizeof *cause->remedies);
	struct remedy *remedy = &cause->remedies[cause->remedy_count++];
	*remedy = (struct remedy){.until_then = until_then};
	if (parse_place(p, value, &remedy->where, &rest) != 0)
		return -1;
	remedy->otherwise = strcmp(rest, "otherwise") == 0;
	if (!remedy->otherwise && parse_if(p, rest, &remedy->condition) != 0)
		return -1;
	parser_begin_block(p, BLOCK_REMEDY, NULL);
	return 0;
}

int cause_parse_fix(struct parser *p, const char *value)
{
	return parse_remedy(p, value, false);
}

int cause_parse_until_then(struct parser *p, const char *value)
{
	return parse_remedy(p, value, true);
}

/* where=PLACE [if CONDITION] */
int cause_parse_ask(struct parser *p, const char *value)
{
	struct cause *cause = p->cause;
	const char *rest;

	cause->asks = xgrow(cause->asks, cause->ask_count, &cause->ask_room, sizeof *cause->asks);
	struct ask *ask = &cause->asks[cause->ask_count++];
	*ask = (struct ask){.text = NULL};
	if (parse_place(p, value, &ask->where, &rest) != 0 || parse_if(p, rest, &ask->condition) != 0)
		return -1;
	parser_begin_block(p, BLOCK_ASK, &ask->text);
	return 0;
}

static int add_change(struct parser *p, struct remedy *remedy, const char *value)
{
	struct change change;

	if (change_parse(value, &p->cause->figures, &change, p->err) != 0)
		return parser_fail(p);
	remedy->changes = xgrow(remedy->changes, remedy->change_count, &remedy->change_room, sizeof *remedy->changes);
	remedy->changes[remedy->change_count++] = change;
	p->continued = NULL;
	return 0;
}

/* does: run: set: undo: verify: side-effect: below a fix. Several lines of a command follow each other. */
int cause_parse_attribute(struct parser *p, const char *line)
{
	struct remedy *remedy = last_remedy(p->cause);
	const struct {
		const char *keyword;
		char **field;
		enum template_use use;
	} attributes[] = {
	    {"does:", &remedy->does, TEMPLATE_SENTENCE},
	    {"run:", &remedy->run, TEMPLATE_COMMAND},
	    {"undo:", &remedy->undo, TEMPLATE_COMMAND},
	    {"verify:", &remedy->verify, TEMPLATE_COMMAND},
	    {"side-effect:", &remedy->side_effect, TEMPLATE_SENTENCE},
	};
	const char *set = after_keyword(line, "set:");

	if (set != NULL)
		return add_change(p, remedy, set);

	for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
		const char *value = after_keyword(line, attributes[i].keyword);
		if (value == NULL)
			continue;
		if (*value == '\0' || (attributes[i].use == TEMPLATE_SENTENCE && *attributes[i].field != NULL)) {
			err_set(p->err, _("expected one text after \"%s\", found %s"), attributes[i].keyword,
			        *value == '\0' ? _("none") : _("it again"));
			return parser_fail(p);
		}
		if (parser_check_text(p, value, attributes[i].use) != 0)
			return -1;
		text_append(attributes[i].field, "\n", value);
		p->continued = attributes[i].use == TEMPLATE_SENTENCE ? attributes[i].field : NULL;
		return 0;
	}
	if (p->continued == NULL) {
		err_set(p->err, _("expected does: run: set: undo: verify: or side-effect:, found \"%.*s\""),
		        (int)strcspn(line, BLANKS), line);
		return parser_fail(p);
	}
	if (parser_check_text(p, line, TEMPLATE_SENTENCE) != 0)
		return -1;
	text_append(p->continued, " ", line);
	return 0;
}

void cause_remedies_done(struct cause *cause)
{
	for (size_t i = 0; i < cause->remedy_count; i++) {
		struct remedy *remedy = &cause->remedies[i];
		condition_done(&remedy->condition);
		free(remedy->where);
		free(remedy->does);
		free(remedy->run);
		free(remedy->undo);
		free(remedy->verify);
		free(remedy->side_effect);
		for (size_t k = 0; k < remedy->change_count; k++)
			change_done(&remedy->changes[k]);
		free(remedy->changes);
	}
	free(cause->remedies);
	for (size_t i = 0; i < cause->ask_count; i++) {
		condition_done(&cause->asks[i].condition);
		free(cause->asks[i].where);
		free(cause->asks[i].text);
	}
	free(cause->asks);
}
