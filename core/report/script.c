#include "report/script.h"

#include "base/i18n.h"
#include "base/xalloc.h"
#include "report/fixes.h"
#include "report/shell.h"
#include "report/verdict.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Each line of the text as a remark, after what tells it from others. */
static void put_remarks(struct buf *out, const char *mark, const char *text)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		buf_printf(out, "%s%.*s\n", mark, (int)length, text);
		text += length + (text[length] == '\n');
	}
}

static bool is_foreign(const char *commands)
{
	for (const char *line = commands; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n')
		if (shell_is_foreign(line))
			return true;
	return false;
}

/* What a step does, and what becomes of one of its commands that fails. */
static const struct part {
	const char *name, *otherwise; /* NULL: it says so itself, and the next one is for the eyes as well */
} do_part = {"do", "stopped"}, verify_part = {"verify", NULL}, undo_part = {"undo", "missed"};

/* Each line is whole by itself (help/causes/README), and has a number, by which the script finds it in itself. */
static void put_commands(struct buf *out, const struct part *part, size_t number, const char *commands)
{
	size_t line = 0;

	while (*commands != '\0') {
		const size_t length = strcspn(commands, "\n");
		buf_printf(out, "\t%.*s", (int)length, commands);
		if (part->otherwise != NULL && length > 0 && *commands != '#')
			buf_printf(out, " || %s %zu.%zu", part->otherwise, number, ++line);
		buf_putc(out, '\n');
		commands += length + (commands[length] == '\n');
	}
}

/* One of remarks alone says where to look, since no function may be empty. */
static void put_function(struct buf *out, const struct part *part, size_t number, const char *commands)
{
	const bool foreign = is_foreign(commands);

	buf_printf(out, "%s_%zu() {\n", part->name, number);
	if (foreign)
		put_remarks(out, "\t# ", commands);
	else
		put_commands(out, part, number, commands);
	if (foreign || *commands == '\0' || *commands == '#')
		buf_puts(out, "\tby_hand\n");
	buf_puts(out, "}\n");
}

static void put_step(struct buf *out, size_t number, const struct finding *f, const struct fix *fix)
{
	char *title = xasprintf("%zu. %s (%s): %s", number, fix_kind_text(f, fix), fix_place_text(fix), fix->does);

	buf_putc(out, '\n');
	put_remarks(out, "# ", title);
	if (fix->reckoning != NULL)
		put_remarks(out, _("#    reckoned: "), fix->reckoning);
	if (fix->side_effect != NULL)
		put_remarks(out, _("#    side effect: "), fix->side_effect);
	put_function(out, &do_part, number, fix->command);
	put_function(out, &verify_part, number, fix->verify);
	put_function(out, &undo_part, number, fix->undo);
	free(title);
}

/*
 * What a command is followed by that may fail: it is named, and in a step what comes after it is not done. Undoing goes on: of a
 * step that stopped half way there is less to bring back.
 */
static void put_failure(struct buf *out)
{
	buf_puts(out, "\nundo=\nresult=0\n"
	              "# The command that is followed by these words.\n"
	              "line() { sed -n \"s/^[[:blank:]]*\\(.*\\) || $1 $2\\$/  \\1/p\" \"$0\"; }\n"
	              "stopped() {\n");
	buf_printf(out, "\techo '%s'\n", _("This did not succeed, and nothing that comes after it was done:"));
	buf_puts(out, "\tline stopped \"$1\"\n");
	buf_printf(out, "\tif [ -n \"$undo\" ]; then echo \"%s $undo\"; fi\n", _("To bring back what was there:"));
	buf_puts(out, "\texit 1\n} >&2\n"
	              "missed() {\n");
	buf_printf(out, "\techo '%s'\n", _("This did not succeed; what comes after it is done all the same:"));
	buf_puts(out, "\tline missed \"$1\"\n\tresult=1\n} >&2\n");
}

static void put_head(struct buf *out, const struct case_file *c)
{
	char *sentence = verdict_sentence(c);
	char *title = xasprintf("smtpdx %s: %s, %s", c->version, c->target, c->created);

	buf_puts(out, "#!/bin/sh\n#\n");
	put_remarks(out, "# ", title);
	put_remarks(out, "# ", sentence);
	put_remarks(out, "# ",
	            _("\nNothing of this has been done. Read it first, then run it where each step belongs:\n"
	              "  sh FILE             lists the steps\n"
	              "  sh FILE do 2        does step 2, up to the first command that fails\n"
	              "  sh FILE verify 2    shows whether it took effect\n"
	              "  sh FILE undo 2      brings back what was there"));
	buf_printf(out, "\nby_hand() { echo '%s'; }\n",
	           _("Nothing to type in this shell: see the remarks in the script."));
	put_failure(out);
	free(title);
	free(sentence);
}

/* Which function an argument means. */
static void put_choices(struct buf *out, size_t number, const struct fix *fix)
{
	const bool has_undo = *fix->undo != '\0' && !is_foreign(fix->undo);

	buf_printf(out, "'do %zu') ", number);
	if (has_undo)
		buf_printf(out, "undo=\"sh $0 undo %zu\" && ", number);
	buf_printf(out, "do_%zu ;;\n'verify %zu') verify_%zu ;;\n'undo %zu') undo_%zu && exit \"$result\" ;;\n", number,
	           number, number, number, number);
}

void fix_script(const struct case_file *c, struct buf *out)
{
	size_t steps = 0;
	struct buf choices;

	buf_init(&choices, out->max);
	put_head(out, c);
	for (size_t i = 0; i < finding_shown_count(c); i++) {
		const struct finding *f = &c->findings[i];
		size_t count;

		if (!finding_is_verdict(c, i) || finding_is_repeated(c, i))
			continue;
		const struct fix **fixes = fixes_of(c, f, &count);
		for (size_t k = 0; k < count; k++) {
			put_step(out, ++steps, f, fixes[k]);
			put_choices(&choices, steps, fixes[k]);
		}
		free(fixes);
	}
	/* Without one of them it lists the steps, which are remarks of this very file. */
	buf_printf(out, "\ncase \"${1-} ${2-}\" in\n%s*) grep '^# [0-9]' \"$0\" ;;\nesac\n", choices.text);
	buf_done(&choices);
}
