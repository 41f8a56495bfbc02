#include "screen.h"

#include "app.h"
#include "base/buf.h"
#include "base/i18n.h"
#include "report/document.h"
#include "report/shell.h"
#include "report/verdict.h"
#include "terminal.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX ((size_t)65536)

/* The first fix that has a command. */
static const struct fix *first_fix(const struct case_file *c)
{
	if (case_verdict(c) != VERDICT_TROUBLE)
		return NULL;
	for (size_t i = 0; i < c->findings[0].fix_count; i++)
		if (*c->findings[0].fixes[i].command != '\0')
			return &c->findings[0].fixes[i];
	return NULL;
}

static bool is_unfinished(const struct session *s)
{
	const enum event_kind kind = session_event(s)->kind;

	return kind == EVENT_PLAN || kind == EVENT_RUN;
}

/* What one wants to have at hand when the screen is gone; the command stands at the margin, as it is pasted. */
static void print_rest(const struct session *s)
{
	const struct case_file *c = session_case(s);
	const char *path = session_case_path(s);
	const struct fix *fix = first_fix(c);
	struct document d;
	struct buf text;

	if (c->check_count == 0)
		return;
	if (is_unfinished(s)) { /* what is known so far is no verdict */
		if (*path != '\0')
			printf(_("The case so far: %s\n"), path);
		return;
	}
	char *sentence = verdict_sentence(c);
	document_init(&d);
	document_add(&d, BLOCK_PARAGRAPH, "%s", sentence);
	if (fix != NULL)
		document_add(&d, BLOCK_PARAGRAPH, _("To do: %s"), fix->does);
	buf_init(&text, TEXT_MAX);
	document_to_text(&d, &text);
	if (fix != NULL)
		shell_wrap(fix->command, 79, false, &text);
	if (*path != '\0')
		buf_printf(&text, _("\nThe case: %s\n"), path);
	fputs(text.text, stdout);
	buf_done(&text);
	document_done(&d);
	free(sentence);
}

int screen_run(struct session *s, const char *notice, struct err *err)
{
	struct app app = {.session = s, .notice = notice};

	if (terminal_start(err) != 0)
		return -1;
	const int ended_by = app_run(&app);
	terminal_stop();
	if (ended_by != 0) { /* the session counts as interrupted, unless the person did it */
		if (ended_by == SIGINT)
			session_end(s);
		session_free(s);
		signal(ended_by, SIG_DFL);
		raise(ended_by);
	}
	print_rest(s);
	return 0;
}
