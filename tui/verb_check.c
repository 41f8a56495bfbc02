#include "verbs.h"

#include "base/i18n.h"
#include "base/xalloc.h"
#include "diagnose/diagnose.h"
#include "interrupt.h"
#include "outputs.h"
#include "progress.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

int check_and_report(const struct options *o, const struct target *target)
{
	struct err err;

	if (outputs_check(o, &err) != 0)
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
	if (outputs_spare(o, NULL, 0, &err) != 0 || target_parse(o->operands[0], &target, &err) != 0)
		return fail(EXIT_USAGE, "%s", err.text);
	char *only = selection_with_evidence(o->selection.only, &o->settings);
	o->selection.only = only;
	int status = check_and_report(o, &target);
	o->selection.only = NULL;
	free(only);
	target_done(&target);
	return status;
}
