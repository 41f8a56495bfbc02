#include "verbs.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "diagnose/diagnose.h"
#include "interrupt.h"
#include "progress.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DRAW_EVERY 0.2 /* s between two looks at the checks */
#define HEAD_SIZE  400 /* bytes that tell a saved case from other files */

static bool is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* Lines typed or pasted into a terminal are kept in a file: the worker is no foreground process and cannot read it. */
static int spool_terminal(struct err *err)
{
	char block[4096];
	size_t size;

	if (!isatty(STDIN_FILENO))
		return 0;
	fprintf(stderr, "%s\n", _("Paste the lines; an empty line does not end them, Ctrl-D does."));
	FILE *spool = tmpfile();
	if (spool == NULL)
		return err_sys(err, errno, "%s", _("a temporary file for what is typed"));
	while ((size = fread(block, 1, sizeof block, stdin)) > 0)
		fwrite(block, 1, size, spool);
	if (fflush(spool) != 0 || ferror(spool) || lseek(fileno(spool), 0, SEEK_SET) < 0 ||
	    dup2(fileno(spool), STDIN_FILENO) < 0) {
		err_sys(err, errno, "%s", _("a temporary file for what is typed"));
		fclose(spool);
		return -1;
	}
	fclose(spool);
	return 0;
}

/* Whether it can be read at all; said before anything is started. */
static int probe_file(const char *path, struct err *err)
{
	struct stat status;

	if (is_stdin(path))
		return 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return err_sys(err, errno, "%s", path);
	const bool is_directory = fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
	close(fd);
	return is_directory ? err_sys(err, EISDIR, "%s", path) : 0;
}

/* A case that smtpdx saved is JSON and names its schema early. */
static bool is_case(const char *path)
{
	char head[HEAD_SIZE + 1];

	if (is_stdin(path))
		return false;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return false;
	ssize_t size = read(fd, head, HEAD_SIZE);
	close(fd);
	head[size > 0 ? size : 0] = '\0';
	return head[strspn(head, " \t\r\n")] == '{' && strstr(head, "\"smtpdx.case/") != NULL;
}

/*
 * What the case is about. A path is written so that nobody takes it for the name of a mail host: "./mail.log".
 */
static char *title_of(char **paths, int count)
{
	char *first =
	    is_stdin(paths[0]) ? xstrdup(_("standard input")) : text_clean_dup(paths[0], strlen(paths[0]), PATH_MAX);
	char *title;

	const char *dot = is_stdin(paths[0]) || strchr(first, '/') != NULL ? "" : "./";
	if (count == 1)
		title = xasprintf("%s%s", dot, first);
	else
		title = xasprintf(_("%s%s and %d more"), dot, first, count - 1);
	free(first);
	return title;
}

static void run_checks(struct case_file *c, const struct options *o)
{
	struct runner *runner = runner_new(c, NULL, NULL);
	bool cancelled = false;

	for (size_t i = 0; checks[i] != NULL; i++)
		if (checks[i]->takes == TAKES_FILES && o->settings.file_count > 0 &&
		    selection_has(&o->selection, checks[i]->name))
			runner_add(runner, checks[i], c->target, &o->settings);
	if (o->settings.config != NULL && selection_has(&o->selection, check_config.name))
		runner_add(runner, &check_config, c->target, &o->settings);
	while (runner_step(runner, DRAW_EVERY)) {
		progress_show(runner);
		if (interrupt_count() > 0 && !cancelled) {
			runner_cancel(runner);
			cancelled = true;
		}
	}
	progress_clear();
	runner_free(runner);
}

/* Sorts the operands: a saved case is what the rest adds to; files that cannot be read become failed rows. */
static struct case_file *gather(struct options *o, char *title)
{
	struct case_file *c = NULL;
	struct err err;

	for (int i = 0; i < o->operand_count && c == NULL; i++) {
		if (!is_case(o->operands[i]))
			continue;
		c = case_load(o->operands[i], &err);
		if (c == NULL) {
			fail(EXIT_UNMEASURED, "%s", err.text);
			return NULL;
		}
		o->operands[i] = NULL;
	}
	if (c == NULL)
		c = case_new(title);
	for (int i = 0; i < o->operand_count; i++) {
		if (o->operands[i] == NULL)
			continue;
		if (probe_file(o->operands[i], &err) == 0) {
			settings_add_file(&o->settings, o->operands[i]);
			continue;
		}
		fail(EXIT_UNMEASURED, "%s", err.text);
		case_add_check(c, check_log.name, c->target, CHECK_FAILED, 0, err.text);
	}
	return c;
}

int verb_explain(struct options *o)
{
	struct err err;
	bool wants_stdin = false;

	if (o->operand_count == 0 && o->settings.config == NULL)
		return fail(EXIT_USAGE,
		            _("explain: expected files (logs, transcripts, bounces, ...), or - to paste lines"));
	for (int i = 0; i < o->operand_count; i++) {
		if (is_stdin(o->operands[i]) && wants_stdin)
			return fail(EXIT_USAGE, _("explain: standard input can be read only once"));
		wants_stdin = wants_stdin || is_stdin(o->operands[i]);
	}
	if (selection_check(&o->selection, TAKES_FILES, &err) != 0)
		return fail(EXIT_USAGE, "%s", err.text);
	struct catalogue *catalogue = catalogue_load(&err);
	if (catalogue == NULL)
		return fail(EXIT_UNMEASURED, "%s", err.text);
	char *title = o->operand_count > 0 ? title_of(o->operands, o->operand_count) : title_of(&o->settings.config, 1);
	struct case_file *c = gather(o, title);
	free(title);
	int status = EXIT_UNMEASURED;
	if (c != NULL && wants_stdin && spool_terminal(&err) != 0) {
		fail(EXIT_UNMEASURED, "%s", err.text);
	} else if (c != NULL) {
		interrupt_catch();
		if (o->settings.file_count > 0 || o->settings.config != NULL)
			run_checks(c, o);
		diagnose(c, catalogue);
		status = write_report(o, c);
	}
	case_free(c);
	catalogue_free(catalogue);
	return status;
}
