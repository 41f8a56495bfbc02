#include "flow/walk_build.h"

#include "base/file.h"
#include "base/helpfile.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "checks/settings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLANKS " \t"

static struct walk_step *this_step(struct walk_parser *p)
{
	return &p->b->walk->steps[p->step];
}

/* ---- say */

static int say_line(struct walk_parser *p, char *line)
{
	walk_append(&this_step(p)->text, line, p->paragraph);
	p->paragraph = false;
	return 0;
}

static int parse_say(struct walk_parser *p, char *rest)
{
	walk_new_step(p, WALK_SAY)->text = xstrdup(rest);
	p->attribute = say_line;
	return 0;
}

/* ---- ask */

static int option_line(struct walk_parser *p, struct question *q, char *rest)
{
	char *colon = strchr(rest, ':');
	char *arrow;

	if (q->kind != QUESTION_CHOICE)
		return walk_expected(p, _("options only for a choice"), rest);
	if (colon == NULL)
		return walk_expected(p, _("option VALUE: TEXT"), rest);
	*colon++ = '\0';
	if (!walk_is_name(rest))
		return walk_expected(p, _("a value of small letters, digits and hyphens"), rest);
	if (question_find_option(q, rest) != NULL)
		return walk_expected(p, _("another value for each option"), rest);
	colon += strspn(colon, BLANKS);
	arrow = strstr(colon, "->");
	if (arrow != NULL) {
		char *end = arrow;
		while (end > colon && strchr(BLANKS, end[-1]) != NULL)
			end--;
		*end = '\0';
		arrow += 2;
		arrow += strspn(arrow, BLANKS);
		if (!walk_is_name(arrow))
			return walk_expected(p, _("a label after ->"), arrow);
	}
	if (*colon == '\0')
		return walk_expected(p, _("a text after the value"), "");
	question_add_option(q, rest, colon);
	q->options[q->option_count - 1].label = xstrdup(arrow);
	q->options[q->option_count - 1].line = p->line;
	return 0;
}

static int range_line(struct walk_parser *p, struct question *q, char *rest)
{
	char *low = walk_take_word(&rest), *to = walk_take_word(&rest);
	const char *low_unit, *high_unit;

	if (q->kind != QUESTION_NUMBER)
		return walk_expected(p, _("a range only for a number"), low);
	if (text_quantity(low, &q->min, &low_unit) != 0 || strcmp(to, "to") != 0 ||
	    text_quantity(rest, &q->max, &high_unit) != 0 || strcmp(low_unit, high_unit) != 0 || q->min > q->max)
		return walk_expected(p, _("range: LOW to HIGH, such as 1s to 600s"), low);
	free(q->unit);
	q->unit = xstrdup(low_unit);
	return 0;
}

static int source_line(struct walk_parser *p, struct question *q, const char *rest)
{
	if (q->source != NULL)
		return walk_expected(p, _("options: once"), rest);
	for (size_t i = 0; question_sources[i] != NULL; i++)
		if (q->kind == QUESTION_CHOICE && strcmp(question_sources[i], rest) == 0)
			q->source = xstrdup(rest);
	return q->source != NULL ? 0 : walk_expected(p, _("scenarios, walkthroughs or unfinished, for a choice"), rest);
}

static int ask_line(struct walk_parser *p, char *line)
{
	struct question *q = &this_step(p)->question;
	char *word = walk_take_word(&line);

	p->continued = NULL;
	if (strcmp(word, "option") == 0) {
		if (option_line(p, q, line) != 0)
			return -1;
		if (q->options[q->option_count - 1].label == NULL)
			p->continued = &q->options[q->option_count - 1].text;
		return 0;
	}
	if (strcmp(word, "options:") == 0)
		return source_line(p, q, line);
	if (strcmp(word, "range:") == 0)
		return range_line(p, q, line);
	if (strcmp(word, "optional") == 0 && *line == '\0') {
		q->optional = true;
		return 0;
	}
	if (strcmp(word, "default:") == 0 && *line != '\0' && q->preset == NULL) {
		q->preset = xstrdup(line);
		return 0;
	}
	if (strcmp(word, "help:") == 0 && *line != '\0') {
		walk_append(&q->help, line, false);
		p->continued = &q->help;
		return 0;
	}
	return walk_expected(p, _("default: help: optional, range: option or options: below a question"), word);
}

static int parse_ask(struct walk_parser *p, char *rest)
{
	char *name = walk_take_word(&rest), *kind = walk_take_word(&rest);
	size_t found = 0;

	if (!walk_is_name(name))
		return walk_expected(p, _("ask NAME KIND QUESTION, the name of small letters, digits and hyphens"),
		                     name);
	while (question_kind_names[found] != NULL && strcmp(question_kind_names[found], kind) != 0)
		found++;
	if (question_kind_names[found] == NULL)
		return walk_expected(p, _("text, host, number, choice, yes-no, file, paste or path"), kind);
	if (*rest == '\0')
		return walk_expected(p, _("the question itself"), "");
	walk_new_step(p, WALK_ASK)->question = (struct question){
	    .name = xstrdup(name), .kind = (enum question_kind)found, .prompt = xstrdup(rest), .min = 1, .max = 0};
	p->attribute = ask_line;
	return 0;
}

/* ---- check */

static int set_line(struct walk_parser *p, struct walk_plan *plan, char *rest)
{
	char *name = walk_take_word(&rest);
	size_t length = strlen(name);

	if (length > 0 && name[length - 1] == ':')
		name[length - 1] = '\0';
	const struct setting *setting = settings_find(name);
	if (setting == NULL)
		return walk_expected(p, _("set OPTION: VALUE, with an option of the checks"), name);
	if ((*rest == '\0') != (setting->kind == SETTING_FLAG))
		return walk_expected(p, *rest == '\0' ? _("a value for the option") : _("no value for this option"),
		                     rest);
	plan->settings = xgrow(plan->settings, plan->setting_count, &plan->setting_room, sizeof *plan->settings);
	plan->settings[plan->setting_count++] = (struct walk_setting){.option = xstrdup(name), .value = xstrdup(rest)};
	return 0;
}

static int check_line(struct walk_parser *p, char *line)
{
	struct walk_plan *plan = &this_step(p)->plan;
	char *word = walk_take_word(&line);

	if (strcmp(word, "set") == 0)
		return set_line(p, plan, line);
	if (strcmp(word, "target:") == 0 && *line != '\0' && plan->target == NULL) {
		plan->target = xstrdup(line);
		return 0;
	}
	if (strcmp(word, "files:") == 0 && *line != '\0' && plan->files == NULL) {
		plan->files = xstrdup(line);
		return 0;
	}
	return walk_expected(p, _("target: files: or set below a check"), word);
}

static int parse_check(struct walk_parser *p, char *rest)
{
	if (*rest == '\0')
		return walk_expected(p, _("names of checks, or live, or files"), "");
	struct walk_plan *plan = &walk_new_step(p, WALK_CHECK)->plan;
	while (*rest != '\0') {
		plan->words = xgrow(plan->words, plan->word_count, &plan->word_room, sizeof *plan->words);
		plan->words[plan->word_count++] = xstrdup(walk_take_word(&rest));
	}
	p->attribute = check_line;
	return 0;
}

/* ---- report and the other steps of one line */

static int report_line(struct walk_parser *p, char *line)
{
	char *word = walk_take_word(&line);

	if (strcmp(word, "to:") != 0 || *line == '\0' || this_step(p)->text != NULL)
		return walk_expected(p, _("to: PATH below a report"), word);
	this_step(p)->text = xstrdup(line);
	return 0;
}

static int parse_report(struct walk_parser *p, char *rest)
{
	walk_new_step(p, WALK_REPORT)->format = *rest != '\0' ? xstrdup(rest) : NULL;
	p->attribute = report_line;
	return 0;
}

static int parse_operand(struct walk_parser *p, enum walk_op op, const char *what, const char *rest)
{
	if (*rest == '\0')
		return walk_expected(p, what, "");
	walk_new_step(p, op)->text = xstrdup(rest);
	return 0;
}

static int parse_open(struct walk_parser *p, char *rest)
{
	return parse_operand(p, WALK_OPEN, _("a saved case after open"), rest);
}

static int parse_demo(struct walk_parser *p, char *rest)
{
	return parse_operand(p, WALK_DEMO, _("a scenario after demo"), rest);
}

static int parse_follow(struct walk_parser *p, char *rest)
{
	return parse_operand(p, WALK_FOLLOW, _("a walkthrough after follow"), rest);
}

static int parse_resume(struct walk_parser *p, char *rest)
{
	return parse_operand(p, WALK_RESUME, _("a session after resume"), rest);
}

static int parse_direction(struct walk_parser *p, char *rest)
{
	if (strcmp(rest, "outbound") != 0 && strcmp(rest, "inbound") != 0)
		return walk_expected(p, _("outbound or inbound"), rest);
	return parse_operand(p, WALK_DIRECTION, "", rest);
}

static int parse_bare(struct walk_parser *p, enum walk_op op, const char *rest)
{
	if (*rest != '\0')
		return walk_expected(p, _("the end of the line"), rest);
	walk_new_step(p, op);
	return 0;
}

static int parse_diagnose(struct walk_parser *p, char *rest)
{
	return parse_bare(p, WALK_DIAGNOSE, rest);
}

static int parse_fix(struct walk_parser *p, char *rest)
{
	return parse_bare(p, WALK_FIX, rest);
}

static int parse_stop(struct walk_parser *p, char *rest)
{
	return parse_bare(p, WALK_STOP, rest);
}

static int parse_goto(struct walk_parser *p, char *rest)
{
	if (!walk_is_name(rest))
		return walk_expected(p, _("a label after goto"), rest);
	walk_new_step(p, WALK_GOTO)->label = xstrdup(rest);
	return 0;
}

static int parse_label(struct walk_parser *p, char *rest)
{
	struct walk_build *b = p->b;

	if (!walk_is_name(rest))
		return walk_expected(p, _("a label of small letters, digits and hyphens"), rest);
	if (p->depth > 0)
		return walk_expected(p, _("labels at the beginning of a line only"), rest);
	for (size_t i = 0; i < b->label_count; i++)
		if (strcmp(b->labels[i].name, rest) == 0)
			return walk_expected(p, _("each label once"), rest);
	b->labels = xgrow(b->labels, b->label_count, &b->label_room, sizeof *b->labels);
	b->labels[b->label_count++] =
	    (struct walk_label){.name = xstrdup(rest), .step = b->walk->count, .line = p->line};
	return 0;
}

/* A part beside the file, or one of help. NULL with the reason. */
static char *load_part(const struct walk_build *b, const char *name, char **origin, struct err *err)
{
	struct helpfile file;
	size_t size;

	if (b->folder != NULL) {
		char *path = xasprintf("%s/%s.part", b->folder, name);
		if (access(path, F_OK) == 0) {
			*origin = path;
			return file_read(path, HELPFILE_SIZE_MAX, &size, err);
		}
		free(path);
	}
	char *relative = xasprintf("walkthroughs/%s.part", name);
	int found = helpfile_get(relative, &file, err);
	free(relative);
	if (found != 0)
		return NULL;
	char *text = file.text;
	file.text = NULL;
	*origin = xstrdup(file.origin);
	helpfile_done(&file);
	return text;
}

static int parse_include(struct walk_parser *p, char *rest)
{
	struct walk_build *b = p->b;
	char *origin = NULL;

	if (!walk_is_name(rest) || p->depth > 0)
		return walk_expected(p, _("include NAME at the beginning of a line"), rest);
	if (b->depth == WALK_INCLUDE_MAX)
		return walk_expected(p, _("fewer files that include each other"), rest);
	char *text = load_part(b, rest, &origin, b->err);
	if (origin != NULL) {
		b->walk->origins =
		    xgrow(b->walk->origins, b->walk->origin_count, &b->walk->origin_room, sizeof *b->walk->origins);
		b->walk->origins[b->walk->origin_count++] = origin;
	}
	if (text == NULL)
		return walk_fail_at(p, p->line);
	b->depth++;
	int result = walk_read(b, origin, text, true);
	b->depth--;
	free(text);
	return result;
}

/* ---- when and otherwise */

static int parse_words(struct walk_parser *p, struct walk_test *test, char *rest, bool may_exist)
{
	char *op = walk_take_word(&rest);

	if (may_exist && strcmp(op, "exists") == 0 && *rest == '\0')
		return 0;
	test->negated = strcmp(op, "!=") == 0;
	if ((!test->negated && strcmp(op, "=") != 0) || *rest == '\0' || strpbrk(rest, BLANKS) != NULL)
		return walk_expected(p, _("= or != and words joined by |"), *rest != '\0' ? rest : op);
	test->words = xstrdup(rest);
	return 0;
}

static int parse_test(struct walk_parser *p, struct walk_test *test, char *rest)
{
	if (strncmp(rest, "answer ", 7) == 0) {
		walk_take_word(&rest);
		test->kind = TEST_ANSWER;
		test->name = xstrdup(walk_take_word(&rest));
		return parse_words(p, test, rest, true);
	}
	if (strncmp(rest, "cause ", 6) == 0) {
		walk_take_word(&rest);
		test->kind = TEST_CAUSE;
		return parse_words(p, test, rest, false);
	}
	if (strcmp(rest, "unfinished") == 0) {
		test->kind = TEST_UNFINISHED;
		return 0;
	}
	test->kind = TEST_FACTS;
	return condition_parse(rest, NULL, &test->condition, p->b->err) == 0 ? 0 : walk_fail_at(p, p->line);
}

static int parse_when(struct walk_parser *p, char *rest)
{
	if (p->depth == WALK_DEPTH_MAX)
		return walk_expected(p, _("fewer when inside each other"), rest);
	struct walk_block *block = &p->blocks[p->depth++];
	block->when = p->b->walk->count;
	block->body = 0;
	block->last_count = 0;
	block->indent = p->indent;
	block->line = p->line;
	return parse_test(p, &walk_new_step(p, WALK_WHEN)->test, rest);
}

/* The body before it goes on behind the block; what follows is for when the test did not hold. */
static int parse_otherwise(struct walk_parser *p, char *rest)
{
	struct walk_block *block = p->depth > 0 ? &p->blocks[p->depth - 1] : NULL;

	if (block == NULL || block->indent != p->indent || block->when == WALK_NO_STEP)
		return walk_expected(p, _("a when of the same indent before otherwise"), "");
	if (block->body == 0)
		return walk_expected(p, _("something below when"), "");
	if (block->last_count == sizeof block->last / sizeof block->last[0])
		return walk_expected(p, _("fewer otherwise"), "");
	block->last[block->last_count++] = p->b->walk->count;
	walk_add_step(p->b, WALK_GOTO, p->origin, 0); /* nobody's statement: nothing has to lead to it */
	p->b->walk->steps[block->when].step = p->b->walk->count;
	block->when = WALK_NO_STEP;
	block->body = 0;
	if (*rest == '\0')
		return 0;
	char *word = walk_take_word(&rest);
	if (strcmp(word, "when") != 0)
		return walk_expected(p, _("when or the end of the line after otherwise"), word);
	block->when = p->b->walk->count;
	return parse_test(p, &walk_new_step(p, WALK_WHEN)->test, rest);
}

static int parse_title(struct walk_parser *p, char *rest)
{
	if (p->has_title || p->is_part || *rest == '\0')
		return walk_expected(p, p->is_part ? _("no title in an included part") : _("one title"), rest);
	p->has_title = true;
	free(p->b->walk->title);
	p->b->walk->title = xstrdup(rest);
	return 0;
}

static int about_line(struct walk_parser *p, char *line)
{
	walk_append(&p->b->walk->about, line, false);
	return 0;
}

static int parse_about(struct walk_parser *p, char *rest)
{
	if (p->is_part)
		return walk_expected(p, _("no about: in an included part"), rest);
	walk_append(&p->b->walk->about, rest, false);
	p->attribute = about_line;
	return 0;
}

const struct walk_statement walk_statements[] = {
    {"title:", parse_title},
    {"about:", parse_about},
    {"say", parse_say},
    {"ask", parse_ask},
    {"check", parse_check},
    {"when", parse_when},
    {"otherwise", parse_otherwise},
    {"label", parse_label},
    {"goto", parse_goto},
    {"diagnose", parse_diagnose},
    {"fix", parse_fix},
    {"report", parse_report},
    {"stop", parse_stop},
    {"include", parse_include},
    {"open", parse_open},
    {"demo", parse_demo},
    {"follow", parse_follow},
    {"resume", parse_resume},
    {"direction", parse_direction},
    {0},
};
