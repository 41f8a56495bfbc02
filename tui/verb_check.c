#include "verbs.h"

#include "base/file.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "diagnose/diagnose.h"
#include "interrupt.h"
#include "model/redact.h"
#include "progress.h"
#include "report/verdict.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPORT_MAX ((size_t)64 << 20)

/* What no run can make good: found before anything is sent. */
static int usage_check(const struct options *o, struct err *err)
{
	if (o->settings.v4_only && o->settings.v6_only)
		return err_set(err, _("-4 and -6 exclude each other"));
	if (o->settings.deliver && o->settings.rcpt == NULL)
		return err_set(err,
		               _("--deliver sends a whole message: it needs --rcpt, the address that shall get it"));
	if (o->settings.idle != NULL && !o->settings.yes)
		return err_set(err, _("--idle holds a session open until the server gives up: it needs --yes"));
	if (selection_wants_limit(&o->selection, &o->settings) && !o->settings.yes)
		return err_set(err, _("the limit check opens many sessions at a time: it needs --yes"));
	return selection_check(&o->selection, TAKES_TARGET, err);
}

/* access(2) and not open(2): whoever writes into a named pipe must not see a reader that leaves. */
static void tell_if_unreadable(const char *path)
{
	struct err err;

	if (strcmp(path, "-") == 0 || access(path, R_OK) == 0)
		return;
	err_sys(&err, errno, "%s", path);
	fail(EXIT_UNMEASURED, "%s", err.text);
}

void tell_unreadable(const struct settings *settings)
{
	for (size_t i = 0; i < settings->file_count; i++)
		tell_if_unreadable(settings->files[i]);
	if (settings->config != NULL)
		tell_if_unreadable(settings->config);
}

/* Trouble in one line on stderr, where the report itself is not before the user's eyes. */
static void tell_verdict(const struct options *o, const struct case_file *c, int status)
{
	if (status == EXIT_HEALTHY || (o->output == NULL && isatty(STDOUT_FILENO)))
		return;
	char *sentence = verdict_sentence(c);
	fail(status, "%s", sentence);
	free(sentence);
}

/* A report that was cut would look whole, and as JSON be none. */
static int write_text(const struct options *o, const struct buf *text, struct err *err)
{
	if (text->cut)
		return err_set(err, _("the report would be larger than %zu bytes"), REPORT_MAX);
	if (o->output != NULL)
		return file_replace(o->output, text->text, text->size, err);
	if (fwrite(text->text, 1, text->size, stdout) != text->size || fflush(stdout) != 0)
		return err_set(err, "%s", ""); /* main() looks at the stream's error flag and says so */
	return 0;
}

static int write_case(const struct options *o, const struct case_file *c)
{
	struct buf text;
	struct err err;
	int status = report_exit_status(c);
	bool written = true;

	buf_init(&text, REPORT_MAX);
	o->format->write(c, &text);
	if (o->case_path != NULL && case_save(c, o->case_path, &err) != 0) {
		status = fail(EXIT_UNMEASURED, "%s", err.text);
		written = false;
	}
	if (write_text(o, &text, &err) != 0) {
		status = err.text[0] != '\0' ? fail(EXIT_UNMEASURED, "%s", err.text) : EXIT_UNMEASURED;
		written = false;
	}
	buf_done(&text);
	if (written)
		tell_verdict(o, c, status);
	return status;
}

int write_report(const struct options *o, const struct case_file *c)
{
	if (!o->redact)
		return write_case(o, c);
	struct case_file *redacted = case_redacted(c);
	const int status = write_case(o, redacted);
	case_free(redacted);
	return status;
}

int save_case(const struct options *o, const struct case_file *c, struct err *err)
{
	if (o->case_path == NULL)
		return 0;
	struct case_file *redacted = o->redact ? case_redacted(c) : NULL;
	const int result = case_save(redacted != NULL ? redacted : c, o->case_path, err);
	case_free(redacted);
	return result;
}

int check_and_report(const struct options *o, const struct target *target)
{
	struct err err;

	if ((o->output != NULL && file_check_writable(o->output, &err) != 0) ||
	    (o->case_path != NULL && file_check_writable(o->case_path, &err) != 0))
		return fail(EXIT_UNMEASURED, "%s", err.text);
	struct catalogue *catalogue = catalogue_load(&err);
	if (catalogue == NULL)
		return fail(EXIT_UNMEASURED, "%s", err.text);
	tell_unreadable(&o->settings);
	interrupt_catch();
	struct case_file *c = case_new(target->text);
	progress_run(live_new(c, target, &o->settings, &o->selection));
	diagnose(c, catalogue);
	int status = write_report(o, c);
	case_free(c);
	catalogue_free(catalogue);
	return status;
}

int verb_check(struct options *o)
{
	struct target target;
	struct err err;

	if (o->operand_count != 1)
		return fail(EXIT_USAGE, _("check: expected one target, such as example.com or 192.0.2.25:25"));
	if (usage_check(o, &err) != 0)
		return fail(EXIT_USAGE, "%s", err.text);
	if (target_parse(o->operands[0], &target, &err) != 0)
		return fail(EXIT_USAGE, "%s", err.text);
	char *only = selection_with_evidence(o->selection.only, &o->settings);
	o->selection.only = only;
	int status = check_and_report(o, &target);
	o->selection.only = NULL;
	free(only);
	target_done(&target);
	return status;
}
