#include "diagnose/cause.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "diagnose/cause_parser.h"
#include "diagnose/template.h"

#include <stdlib.h>
#include <string.h>

#define LINE_MAX_SIZE ((size_t)4096)
#define ID_CHARS      "abcdefghijklmnopqrstuvwxyz0123456789-"

/* -1, with the place and the reason that is in p->err already. */
static int fail_at(struct parser *p, int line)
{
	struct err inner = p->err != NULL ? *p->err : (struct err){""};

	return err_set(p->err, "%s:%d: %s", p->origin, line, inner.text);
}

int parser_fail(struct parser *p)
{
	return fail_at(p, p->line);
}

void text_append(char **text, const char *joint, const char *piece)
{
	char *old = *text;

	*text = old == NULL || *old == '\0' ? xstrdup(piece) : xasprintf("%s%s%s", old, joint, piece);
	free(old);
}

const char *after_keyword(const char *line, const char *keyword)
{
	size_t length = strlen(keyword);

	if (strncmp(line, keyword, length) != 0)
		return NULL;
	line += length;
	if (line[-1] != ':' && *line != '\0' && strchr(BLANKS, *line) == NULL)
		return NULL;
	return line + strspn(line, BLANKS);
}

int parser_check_text(struct parser *p, const char *text, enum template_use use)
{
	bool has_figures = p->block == BLOCK_FIGURE || p->block == BLOCK_REMEDY || p->block == BLOCK_ASK;

	return template_check(text, use, has_figures ? &p->cause->figures : NULL, p->err) == 0 ? 0 : parser_fail(p);
}

/* Each block must have what makes it one; asked when the next begins. */
static int end_block(struct parser *p)
{
	struct cause *cause = p->cause;
	enum block block = p->block;

	p->block = BLOCK_NONE;
	p->continued = NULL;
	if (block == BLOCK_EVIDENCE && cause->evidence[cause->evidence_count - 1].sentence == NULL)
		err_set(p->err, _("expected an indented sentence after the condition, found none"));
	else if (block == BLOCK_WHY && cause->why == NULL)
		err_set(p->err, _("expected indented sentences after \"why\", found none"));
	else if (block == BLOCK_REMEDY && cause->remedies[cause->remedy_count - 1].does == NULL)
		err_set(p->err, _("expected \"does:\" below the fix, found none"));
	else if (block == BLOCK_ASK && cause->asks[cause->ask_count - 1].text == NULL)
		err_set(p->err, _("expected indented sentences after \"ask\", found none"));
	else if (block == BLOCK_ALLEY && cause->blind_alleys[cause->blind_alley_count - 1].why == NULL)
		err_set(p->err, _("expected an indented sentence after the dead end, found none"));
	else
		return 0;
	return fail_at(p, p->block_line);
}

void parser_begin_block(struct parser *p, enum block block, char **continued)
{
	p->block = block;
	p->block_line = p->line;
	p->continued = continued;
	p->paragraph = false;
}

/* A whole number with its sign, within WEIGHT_MAX; *rest is what follows. */
static int parse_decibans(struct parser *p, const char *text, double *value, const char **rest)
{
	char *end;
	long number = strtol(text, &end, 10);

	if (end == text || (*end != '\0' && strchr(BLANKS, *end) == NULL)) {
		err_set(p->err, _("expected decibans such as +10 or -20, found \"%.*s\""), (int)strcspn(text, BLANKS),
		        text);
		return parser_fail(p);
	}
	if (number < -WEIGHT_MAX || number > WEIGHT_MAX) {
		err_set(p->err, _("expected decibans from -%d to %d, found %.*s"), WEIGHT_MAX, WEIGHT_MAX,
		        (int)(end - text), text);
		return parser_fail(p);
	}
	*value = (double)number;
	*rest = end + strspn(end, BLANKS);
	return 0;
}

static int parse_once(struct parser *p, const char *name, char **field, const char *value)
{
	if (*field != NULL) {
		err_set(p->err, _("expected \"%s\" once, found it again"), name);
		return parser_fail(p);
	}
	if (*value == '\0') {
		err_set(p->err, _("expected a value after \"%s\", found none"), name);
		return parser_fail(p);
	}
	*field = xstrdup(value);
	return 0;
}

static int parse_id(struct parser *p, const char *value)
{
	if (strspn(value, ID_CHARS) != strlen(value)) {
		err_set(p->err, _("expected an id of small letters, digits and hyphens, found \"%s\""), value);
		return parser_fail(p);
	}
	return parse_once(p, "cause:", &p->cause->id, value);
}

static int parse_title(struct parser *p, const char *value)
{
	return parse_once(p, "title:", &p->cause->title, value);
}

static int parse_prior(struct parser *p, const char *value)
{
	const char *rest;

	if (p->has_prior) {
		err_set(p->err, _("expected \"prior:\" once, found it again"));
		return parser_fail(p);
	}
	if (parse_decibans(p, value, &p->cause->prior, &rest) != 0)
		return -1;
	if (*rest != '\0') {
		err_set(p->err, _("expected the end of the line after the prior, found \"%s\""), rest);
		return parser_fail(p);
	}
	p->has_prior = true;
	return 0;
}

static int parse_evidence(struct parser *p, const char *value, bool support)
{
	struct cause *cause = p->cause;
	struct evidence evidence = {0};
	const char *condition;

	if (parse_decibans(p, value, &evidence.weight, &condition) != 0)
		return -1;
	if (*value != (support ? '+' : '-') || (support ? evidence.weight < 1 : evidence.weight > -1)) {
		err_set(p->err,
		        support ? _("expected a weight such as +10 after \"support\", found \"%.*s\"")
		                : _("expected a weight such as -10 after \"against\", found \"%.*s\""),
		        (int)strcspn(value, BLANKS), value);
		return parser_fail(p);
	}
	if (condition_parse(condition, NULL, &evidence.condition, p->err) != 0)
		return parser_fail(p);
	cause->evidence = xgrow(cause->evidence, cause->evidence_count, &cause->evidence_room, sizeof *cause->evidence);
	cause->evidence[cause->evidence_count++] = evidence;
	parser_begin_block(p, BLOCK_EVIDENCE, &cause->evidence[cause->evidence_count - 1].sentence);
	return 0;
}

static int parse_support(struct parser *p, const char *value)
{
	return parse_evidence(p, value, true);
}

static int parse_against(struct parser *p, const char *value)
{
	return parse_evidence(p, value, false);
}

static int parse_why(struct parser *p, const char *value)
{
	if (*value != '\0') {
		err_set(p->err, _("expected the end of the line after \"why\", found \"%s\""), value);
		return parser_fail(p);
	}
	if (p->cause->why != NULL) {
		err_set(p->err, _("expected \"why\" once, found it again"));
		return parser_fail(p);
	}
	parser_begin_block(p, BLOCK_WHY, &p->cause->why);
	return 0;
}

static int parse_dead_end(struct parser *p, const char *value)
{
	struct cause *cause = p->cause;

	if (*value == '\0') {
		err_set(p->err, _("expected the idea that does not help after \"dead-end:\", found none"));
		return parser_fail(p);
	}
	if (parser_check_text(p, value, TEMPLATE_SENTENCE) != 0)
		return -1;
	cause->blind_alleys =
	    xgrow(cause->blind_alleys, cause->blind_alley_count, &cause->blind_alley_room, sizeof *cause->blind_alleys);
	cause->blind_alleys[cause->blind_alley_count++] = (struct blind_alley){.idea = xstrdup(value)};
	parser_begin_block(p, BLOCK_ALLEY, &cause->blind_alleys[cause->blind_alley_count - 1].why);
	return 0;
}

static int parse_see(struct parser *p, const char *value)
{
	struct cause *cause = p->cause;

	while (*value != '\0') {
		size_t length = strcspn(value, ",");
		size_t kept = length;

		while (kept > 0 && strchr(BLANKS, value[kept - 1]) != NULL)
			kept--;
		if (kept == 0)
			break;
		cause->see = xgrow(cause->see, cause->see_count, &cause->see_room, sizeof *cause->see);
		cause->see[cause->see_count++] = xstrndup(value, kept);
		value += length + (value[length] == ',');
		value += strspn(value, BLANKS);
	}
	return 0;
}

static const struct {
	const char *keyword;
	int (*parse)(struct parser *p, const char *value);
} keywords[] = {
    {"cause:", parse_id},          {"title:", parse_title},
    {"prior:", parse_prior},       {"support", parse_support},
    {"against", parse_against},    {"why", parse_why},
    {"fix", cause_parse_fix},      {"until-then", cause_parse_until_then},
    {"dead-end:", parse_dead_end}, {"see:", parse_see},
    {"let", cause_parse_let},      {"ask", cause_parse_ask},
};

static int parse_keyword(struct parser *p, const char *line)
{
	if (end_block(p) != 0)
		return -1;
	for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
		const char *value = after_keyword(line, keywords[i].keyword);
		if (value != NULL)
			return keywords[i].parse(p, value);
	}
	err_set(p->err,
	        _("expected cause: title: prior: support against why let fix until-then ask dead-end: or see:, found "
	          "\"%.*s\""),
	        (int)strcspn(line, BLANKS), line);
	return parser_fail(p);
}

static int parse_indented(struct parser *p, const char *line)
{
	if (p->block == BLOCK_REMEDY)
		return cause_parse_attribute(p, line);
	if (p->block == BLOCK_NONE) {
		err_set(p->err, _("expected a line that is not indented, found indented text"));
		return parser_fail(p);
	}
	if (parser_check_text(p, line, TEMPLATE_SENTENCE) != 0)
		return -1;
	text_append(p->continued, p->paragraph ? "\n" : " ", line);
	p->paragraph = false;
	return 0;
}

/* A line as clean text without blanks at its end. Foreign control characters would end in somebody's terminal. */
static int parse_line(struct parser *p, const char *start, size_t length)
{
	char line[LINE_MAX_SIZE + 1], clean[LINE_MAX_SIZE + 1];
	size_t indent = 0;
	bool printable;

	while (length > 0 && strchr(BLANKS "\r", start[length - 1]) != NULL)
		length--;
	if (length > LINE_MAX_SIZE) {
		err_set(p->err, _("expected at most %zu bytes in a line, found %zu"), LINE_MAX_SIZE, length);
		return parser_fail(p);
	}
	while (indent < length && strchr(BLANKS, start[indent]) != NULL)
		indent++;
	memcpy(line, start + indent, length - indent);
	line[length - indent] = '\0';
	text_clean(line, length - indent, clean, sizeof clean);
	printable = strcmp(line, clean) == 0;
	if (!printable) {
		err_set(p->err, _("expected printable UTF-8, found \"%.80s\""), clean);
		return parser_fail(p);
	}
	if (length == 0) {
		p->paragraph = p->block == BLOCK_WHY || p->block == BLOCK_ASK;
		return 0;
	}
	if (*start == '#')
		return 0;
	return indent > 0 ? parse_indented(p, line) : parse_keyword(p, line);
}

static int parse_lines(struct parser *p, const char *text)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");

		p->line++;
		if (parse_line(p, text, length) != 0)
			return -1;
		text += length + (text[length] == '\n');
	}
	return end_block(p);
}

static int check_complete(struct parser *p)
{
	const struct cause *cause = p->cause;
	const char *missing = cause->id == NULL            ? "cause:"
	                      : cause->title == NULL       ? "title:"
	                      : !p->has_prior              ? "prior:"
	                      : cause->evidence_count == 0 ? "support"
	                      : cause->why == NULL         ? "why"
	                                                   : NULL;

	if (missing == NULL)
		return 0;
	err_set(p->err, _("expected \"%s\" somewhere in the file, found none"), missing);
	return fail_at(p, p->line > 0 ? p->line : 1);
}

int cause_parse(const char *origin, const char *text, struct cause *cause, struct err *err)
{
	struct err unused;
	struct parser p = {.origin = origin, .cause = cause, .err = err != NULL ? err : &unused};

	*cause = (struct cause){0};
	if (parse_lines(&p, text) == 0 && check_complete(&p) == 0)
		return 0;
	cause_done(cause);
	return -1;
}

void cause_done(struct cause *cause)
{
	free(cause->id);
	free(cause->title);
	free(cause->why);
	for (size_t i = 0; i < cause->evidence_count; i++) {
		condition_done(&cause->evidence[i].condition);
		free(cause->evidence[i].sentence);
	}
	free(cause->evidence);
	cause_remedies_done(cause);
	for (size_t i = 0; i < cause->blind_alley_count; i++) {
		free(cause->blind_alleys[i].idea);
		free(cause->blind_alleys[i].why);
	}
	free(cause->blind_alleys);
	for (size_t i = 0; i < cause->see_count; i++)
		free(cause->see[i]);
	free(cause->see);
	figures_done(&cause->figures); /* conditions point into them */
	*cause = (struct cause){0};
}
