#include "verbs.h"

#include "base/file.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "diagnose/diagnose.h"
#include "flow/evidence.h"
#include "interrupt.h"
#include "outputs.h"
#include "progress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

static bool is_pipe(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISFIFO(st.st_mode);
}

/*
 * Whether the operands name standard input, or a pipe such as bash's <(...), at most once: neither can be read twice, not
 * even to see what is in it. A pipe becomes the standard input, which nobody touches before the check reads it.
 */
static int take_stdin(char **operands, int count, bool *found, struct err *err)
{
	static char dash[] = "-";
	const char *taken = NULL;

	*found = false;
	for (int i = 0; i < count; i++) {
		const bool is_ours = is_stdin(operands[i]) || strcmp(operands[i], "/dev/stdin") == 0;
		if (!is_ours && !is_pipe(operands[i]))
			continue;
		if (*found)
			return err_set(err, _("explain: standard input, or a pipe, can be read only once"));
		taken = is_ours ? NULL : operands[i];
		operands[i] = dash;
		*found = true;
	}
	if (taken == NULL)
		return 0;
	const int fd = open(taken, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
		return err_sys(err, errno, "%s", taken);
	close(fd);
	return 0;
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

/* Sorts the operands: a saved case is what the rest adds to; files that cannot be read become failed rows. */
static struct case_file *gather(struct options *o, char *title)
{
	struct case_file *c = NULL;
	struct err err;

	for (int i = 0; i < o->operand_count && c == NULL; i++) {
		if (!evidence_is_case(o->operands[i]))
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
		if (is_stdin(o->operands[i]) || file_check_readable(o->operands[i], &err) == 0) {
			settings_add_file(&o->settings, o->operands[i]);
			continue;
		}
		fail(EXIT_UNMEASURED, "%s", err.text);
		case_add_check(c, check_log.name, c->target, CHECK_FAILED, 0, err.text);
	}
	return c;
}

/* What the case is about, when none of the operands is a case. The caller frees. */
static char *title_of(const struct options *o)
{
	struct settings files = {0};

	for (int i = 0; i < o->operand_count; i++)
		settings_add_file(&files, o->operands[i]);
	if (o->operand_count == 0)
		settings_add_file(&files, o->settings.config);
	char *title = evidence_title(&files);
	settings_done(&files);
	return title;
}

int verb_explain(struct options *o)
{
	struct err err;
	bool wants_stdin;

	if (o->operand_count == 0 && o->settings.config == NULL)
		return fail(EXIT_USAGE,
		            _("explain: expected files (logs, transcripts, bounces, ...), or - to paste lines"));
	if (take_stdin(o->operands, o->operand_count, &wants_stdin, &err) != 0)
		return fail(EXIT_USAGE, "%s", err.text);
	if (selection_check(&o->selection, TAKES_FILES, &err) != 0 ||
	    outputs_spare(o, o->operands, o->operand_count, &err) != 0)
		return fail(EXIT_USAGE, "%s", err.text);
	if (outputs_check(o, &err) != 0)
		return fail(EXIT_UNMEASURED, "%s", err.text);
	struct catalogue *catalogue = catalogue_load(&err);
	if (catalogue == NULL)
		return fail(EXIT_UNMEASURED, "%s", err.text);
	char *title = title_of(o);
	tell_unreadable(&o->settings);
	struct case_file *c = gather(o, title);
	free(title);
	int status = EXIT_UNMEASURED;
	if (c != NULL && wants_stdin && spool_terminal(&err) != 0) {
		fail(EXIT_UNMEASURED, "%s", err.text);
	} else if (c != NULL) {
		interrupt_catch();
		if (o->settings.file_count > 0 || o->settings.config != NULL)
			progress_run(live_new(c, NULL, &o->settings, &o->selection));
		diagnose(c, catalogue);
		status = write_report(o, c);
	}
	case_free(c);
	catalogue_free(catalogue);
	return status;
}
