#include "flow/question.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "model/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t\r\n"

const char *const question_kind_names[] = {
    [QUESTION_TEXT] = "text",     [QUESTION_HOST] = "host",     [QUESTION_NUMBER] = "number",
    [QUESTION_CHOICE] = "choice", [QUESTION_YES_NO] = "yes-no", [QUESTION_FILE] = "file",
    [QUESTION_PASTE] = "paste",   [QUESTION_PATH] = "path",     [QUESTION_PATH + 1] = NULL,
};

const char *const question_sources[] = {"scenarios", "walkthroughs", "unfinished", NULL};

/* Without blanks at its ends; the caller frees. */
static char *trimmed(const char *input)
{
	size_t size;

	input += strspn(input, BLANKS);
	size = strlen(input);
	while (size > 0 && strchr(BLANKS, input[size - 1]) != NULL)
		size--;
	return xstrndup(input, size);
}

static int read_host(const char *answer, struct err *err)
{
	struct target target;

	if (target_parse(answer, &target, err) != 0)
		return -1;
	target_done(&target);
	return 0;
}

static int read_number(const struct question *q, const char *answer, struct err *err)
{
	double number;
	const char *unit;

	if (text_quantity(answer, &number, &unit) != 0)
		return err_set(err, _("expected a number, found \"%s\""), answer);
	const char *wanted = q->unit != NULL ? q->unit : "";
	if (strcmp(unit, wanted) != 0)
		return *wanted != '\0'
		           ? err_set(err, _("expected a number with the unit %s, found \"%s\""), wanted, answer)
		           : err_set(err, _("expected a number without a unit, found \"%s\""), answer);
	if (q->min <= q->max && (number < q->min || number > q->max))
		return err_set(err, _("expected a number from %g to %g, found \"%s\""), q->min, q->max, answer);
	return 0;
}

const struct question_option *question_find_option(const struct question *q, const char *value)
{
	for (size_t i = 0; i < q->option_count; i++)
		if (strcmp(q->options[i].value, value) == 0)
			return &q->options[i];
	return NULL;
}

/* The one option whose value begins like that; NULL when there is none, or more than one. */
static const struct question_option *only_beginning(const struct question *q, const char *answer)
{
	const struct question_option *found = NULL;

	for (size_t i = 0; i < q->option_count; i++) {
		if (strncasecmp(q->options[i].value, answer, strlen(answer)) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = &q->options[i];
	}
	return found;
}

static int refuse_choice(const struct question *q, const char *answer, struct err *err)
{
	struct buf values;

	buf_init(&values, 300);
	for (size_t i = 0; i < q->option_count; i++)
		buf_printf(&values, "%s%s", i > 0 ? ", " : "", q->options[i].value);
	err_set(err, _("expected a number from 1 to %zu or one of %s, found \"%s\""), q->option_count, values.text,
	        answer);
	buf_done(&values);
	return -1;
}

/* By its value, its number, or the beginning of its value. Values win, since they are what a script gives. */
static int read_choice(const struct question *q, char **answer, struct err *err)
{
	const struct question_option *option = question_find_option(q, *answer);
	char *end;
	long number = strtol(*answer, &end, 10);

	if (option == NULL && end != *answer && *end == '\0' && number >= 1 && (size_t)number <= q->option_count)
		option = &q->options[number - 1];
	if (option == NULL)
		option = only_beginning(q, *answer);
	if (option == NULL)
		return refuse_choice(q, *answer, err);
	free(*answer);
	*answer = xstrdup(option->value);
	return 0;
}

static int read_yes_no(char **answer, struct err *err)
{
	bool yes =
	    strcasecmp(*answer, "y") == 0 || strcasecmp(*answer, "yes") == 0 || strcasecmp(*answer, _("yes")) == 0;
	bool no = strcasecmp(*answer, "n") == 0 || strcasecmp(*answer, "no") == 0 || strcasecmp(*answer, _("no")) == 0;

	if (!yes && !no)
		return err_set(err, _("expected yes or no, found \"%s\""), *answer);
	free(*answer);
	*answer = xstrdup(yes ? "yes" : "no");
	return 0;
}

/* Each line is cleaned; what is too long is refused rather than cut, since the end of a log is what matters. */
static int read_paste(const char *input, char **value, struct err *err)
{
	struct buf lines;

	if (strlen(input) > QUESTION_PASTE_MAX)
		return err_set(
		    err,
		    _("%zu KiB are more than the %zu that fit here: paste the last lines alone, or save it in a "
		      "file and name that instead"),
		    strlen(input) >> 10, QUESTION_PASTE_MAX >> 10);
	buf_init(&lines, QUESTION_ANSWER_MAX);
	while (*input != '\0') {
		size_t length = strcspn(input, "\n");
		char *clean = text_clean_dup(input, length, QUESTION_ANSWER_MAX);

		buf_printf(&lines, "%s\n", clean);
		free(clean);
		input += length + (input[length] == '\n');
	}
	if (lines.text[strspn(lines.text, BLANKS)] == '\0') {
		buf_done(&lines);
		return err_set(err, _("there is nothing in it"));
	}
	*value = buf_take(&lines);
	return 0;
}

static int read_line(const struct question *q, char **answer, struct err *err)
{
	switch (q->kind) {
	case QUESTION_HOST:
		return read_host(*answer, err);
	case QUESTION_NUMBER:
		return read_number(q, *answer, err);
	case QUESTION_CHOICE:
		return read_choice(q, answer, err);
	case QUESTION_YES_NO:
		return read_yes_no(answer, err);
	case QUESTION_FILE:
		return file_check_readable(*answer, err);
	case QUESTION_PATH:
		return strcmp(*answer, "-") == 0 ? 0 : file_check_writable(*answer, err);
	case QUESTION_TEXT:
	case QUESTION_PASTE:
		break;
	}
	return 0;
}

int question_read(const struct question *q, const char *input, char **value, struct err *err)
{
	char clean[QUESTION_LINE_MAX];

	if (q->kind == QUESTION_PASTE && (!q->optional || *input != '\0'))
		return read_paste(input, value, err);
	char *answer = trimmed(input);
	int result = 0;
	if (*answer == '\0')
		result = q->optional ? 0 : err_set(err, _("an answer is needed here"));
	else if (strlen(answer) >= sizeof clean ||
	         strcmp(text_clean(answer, strlen(answer), clean, sizeof clean), answer) != 0)
		result = err_set(err, _("it has characters that are not printable, or is too long"));
	else
		result = read_line(q, &answer, err);
	if (result != 0) {
		free(answer);
		return -1;
	}
	*value = answer;
	return 0;
}

void question_add_option(struct question *q, const char *value, const char *text)
{
	q->options = xgrow(q->options, q->option_count, &q->option_room, sizeof *q->options);
	q->options[q->option_count++] = (struct question_option){.value = xstrdup(value), .text = xstrdup(text)};
}

void question_copy(struct question *to, const struct question *from)
{
	*to = *from;
	to->name = xstrdup(from->name);
	to->prompt = xstrdup(from->prompt);
	to->help = xstrdup(from->help);
	to->preset = xstrdup(from->preset);
	to->unit = xstrdup(from->unit);
	to->source = xstrdup(from->source);
	to->options = NULL;
	to->option_count = to->option_room = 0;
	for (size_t i = 0; i < from->option_count; i++) {
		const struct question_option *option = &from->options[i];
		question_add_option(to, option->value, option->text);
		to->options[i].label = xstrdup(option->label);
		to->options[i].step = option->step;
		to->options[i].line = option->line;
	}
}

void question_done(struct question *q)
{
	for (size_t i = 0; i < q->option_count; i++) {
		free(q->options[i].value);
		free(q->options[i].text);
		free(q->options[i].label);
	}
	free(q->options);
	free(q->name);
	free(q->prompt);
	free(q->help);
	free(q->preset);
	free(q->unit);
	free(q->source);
	*q = (struct question){0};
}
