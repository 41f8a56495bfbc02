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

/* A function with these commands. One of remarks alone says where to look, since no function may be empty. */
static void put_function(struct buf *out, const char *what, size_t number, const char *commands)
{
	buf_printf(out, "%s_%zu() {\n", what, number);
	if (is_foreign(commands)) {
		put_remarks(out, "\t# ", commands);
		buf_puts(out, "\tby_hand\n");
	} else {
		put_remarks(out, "\t", commands);
		if (*commands == '\0' || commands[0] == '#')
			buf_puts(out, "\tby_hand\n");
	}
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
	put_function(out, "do", number, fix->command);
	put_function(out, "verify", number, fix->verify);
	put_function(out, "undo", number, fix->undo);
	free(title);
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
	              "  sh FILE do 2        does step 2\n"
	              "  sh FILE verify 2    shows whether it took effect\n"
	              "  sh FILE undo 2      brings back what was there"));
	buf_printf(out, "\nby_hand() { echo '%s'; }\n",
	           _("Nothing to type in this shell: see the remarks in the script."));
	free(title);
	free(sentence);
}

/* Which function an argument means; anything else lists the steps, which are remarks of this very file. */
static void put_choice(struct buf *out, size_t steps)
{
	buf_puts(out, "\ncase \"${1-} ${2-}\" in\n");
	for (size_t i = 1; i <= steps; i++)
		buf_printf(out, "'do %zu') do_%zu ;;\n'verify %zu') verify_%zu ;;\n'undo %zu') undo_%zu ;;\n", i, i, i,
		           i, i, i);
	buf_puts(out, "*) grep '^# [0-9]' \"$0\" ;;\nesac\n");
}

void fix_script(const struct case_file *c, struct buf *out)
{
	size_t steps = 0;

	put_head(out, c);
	for (size_t i = 0; i < finding_shown_count(c); i++) {
		const struct finding *f = &c->findings[i];
		size_t count;

		if (!finding_is_verdict(c, i) || finding_is_repeated(c, i))
			continue;
		const struct fix **fixes = fixes_of(c, f, &count);
		for (size_t k = 0; k < count; k++)
			put_step(out, ++steps, f, fixes[k]);
		free(fixes);
	}
	put_choice(out, steps);
}
