#include "flow/selection.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

#define SELECTION_MAX ((size_t)4096)

bool selection_list_has(const char *list, const char *word)
{
	const size_t length = strlen(word);

	for (const char *p = list; *p != '\0'; p += strcspn(p, ","), p += *p == ',')
		if (strcspn(p, ",") == length && strncmp(p, word, length) == 0)
			return true;
	return false;
}

static int list_check(const char *option, const char *list, struct err *err)
{
	for (const char *p = list; p != NULL && *p != '\0'; p += strcspn(p, ","), p += *p == ',') {
		char *name = xstrndup(p, strcspn(p, ","));
		bool known = check_find(name) != NULL;
		if (!known)
			err_set(err, _("--%s: there is no check \"%s\""), option, name);
		free(name);
		if (!known)
			return -1;
	}
	return 0;
}

int selection_check(const struct selection *selection, enum check_takes takes, struct err *err)
{
	if (list_check("only", selection->only, err) != 0 || list_check("skip", selection->skip, err) != 0)
		return -1;
	for (size_t i = 0; checks[i] != NULL; i++) {
		/* Checks of this machine belong to a live run, but alone they and intrusive ones run only when named. */
		const bool is_live = takes == TAKES_TARGET && checks[i]->takes == TAKES_HOST;
		const bool counts = (checks[i]->takes == takes || is_live) &&
		                    (selection->only != NULL || (!is_live && !checks[i]->intrusive));
		if (counts && selection_has(selection, checks[i]->name))
			return 0;
	}
	return err_set(err, _("--only and --skip leave no check to run"));
}

bool selection_has(const struct selection *selection, const char *check)
{
	if (selection->only != NULL && !selection_list_has(selection->only, check))
		return false;
	return selection->skip == NULL || !selection_list_has(selection->skip, check);
}

bool selection_wants_limit(const struct selection *selection, const struct settings *settings)
{
	const bool has_option = settings->max > 0 || settings->rate || settings->messages || settings->patience;

	return selection_has(selection, check_limit_sessions.name) && (selection->only != NULL || has_option);
}

char *selection_with_evidence(const char *only, const struct settings *settings)
{
	struct buf text;

	if (only == NULL)
		return NULL;
	buf_init(&text, SELECTION_MAX);
	buf_puts(&text, only);
	if (settings->config != NULL)
		buf_printf(&text, ",%s", check_config.name);
	for (size_t i = 0; settings->file_count > 0 && checks[i] != NULL; i++)
		if (check_reads_one_of(checks[i], settings->files, settings->file_count))
			buf_printf(&text, ",%s", checks[i]->name);
	return buf_take(&text);
}
