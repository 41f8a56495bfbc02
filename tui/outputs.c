#include "outputs.h"

#include "base/file.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "flow/evidence.h"
#include "model/redact.h"
#include "report/verdict.h"
#include "verbs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPORT_MAX ((size_t)64 << 20)

/* ---- beforehand */

static bool writes_case(const struct options *o)
{
	return strcmp(o->format->name, "json") == 0;
}

/* A case may be written over by what it has grown to be, unless its names would be lost; what is no file loses nothing. */
static int spare(const struct options *o, const char *path, struct err *err)
{
	const bool keeps = !o->redact && evidence_is_case(path);
	const bool is_lost = (o->output != NULL && file_is_same(o->output, path) && !(keeps && writes_case(o))) ||
	                     (o->case_path != NULL && file_is_same(o->case_path, path) && !keeps);

	return is_lost ? err_set(err, _("%s: would be lost: write to another file"), path) : 0;
}

int outputs_spare(const struct options *o, char *const *paths, int count, struct err *err)
{
	for (int i = 0; i < count; i++)
		if (spare(o, paths[i], err) != 0)
			return -1;
	for (size_t i = 0; i < o->settings.file_count; i++)
		if (spare(o, o->settings.files[i], err) != 0)
			return -1;
	if (o->settings.config != NULL && spare(o, o->settings.config, err) != 0)
		return -1;
	if (o->output != NULL && o->case_path != NULL && strcmp(o->output, o->case_path) == 0 && !writes_case(o))
		return err_set(err, _("%s: -o and --case cannot both write there"), o->output);
	return 0;
}

int outputs_check(const struct options *o, struct err *err)
{
	if (o->output != NULL && file_check_writable(o->output, err) != 0)
		return -1;
	return o->case_path != NULL ? file_check_writable(o->case_path, err) : 0;
}

/* ---- in the end */

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
