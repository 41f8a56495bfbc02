#include "verbs.h"

#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "outputs.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The target of a check, as it wants it: files come from the operand when no --file named them. */
static int parse_target(const struct check *check, struct options *o, struct target *target, struct err *err)
{
	if (check->takes == TAKES_TARGET)
		return target_parse(o->operands[1], target, err);
	if (check->takes == TAKES_FILES && o->settings.file_count == 0)
		settings_add_file(&o->settings, o->operands[1]);
	char *clean = text_clean_dup(o->operands[1], strlen(o->operands[1]), PATH_MAX);
	target_init_text(clean, target);
	free(clean);
	return 0;
}

static int probe(const struct check *check, const struct target *target, const struct options *o, FILE *out)
{
	struct emit *e = emit_new(check->name, out, NULL);
	const enum check_status status = check_run(check, target, &o->settings, e);

	emit_free(e);
	return status == CHECK_DONE ? EXIT_HEALTHY : EXIT_UNMEASURED;
}

/* The lines are kept until the last one, so that no file is there with some of them. */
static int probe_into_file(const struct check *check, const struct target *target, const struct options *o)
{
	char *lines = NULL;
	size_t size = 0;
	struct err err;

	if (outputs_check(o, &err) != 0)
		return fail(EXIT_UNMEASURED, "%s", err.text);
	FILE *out = open_memstream(&lines, &size);
	if (out == NULL)
		die("out of memory");
	int status = probe(check, target, o, out);
	if (fclose(out) != 0)
		die("out of memory");
	if (file_replace(o->output, lines, size, &err) != 0)
		status = fail(EXIT_UNMEASURED, "%s", err.text);
	free(lines);
	return status;
}

int verb_probe(struct options *o)
{
	struct target target;
	struct err err;

	if (o->operand_count != 2)
		return fail(EXIT_USAGE, _("probe: expected a check and a target"));
	if (o->redact || o->case_path != NULL)
		return fail(EXIT_USAGE, _("probe: has no case to save or to redact; try: smtpdx check %s --only %s"),
		            o->operands[1], o->operands[0]);
	const struct check *check = check_find(o->operands[0]);
	if (check == NULL)
		return fail(EXIT_USAGE, _("probe: there is no check \"%s\"; smtpdx help checks lists them"),
		            o->operands[0]);
	if (parse_target(check, o, &target, &err) != 0)
		return fail(EXIT_USAGE, "%s", err.text);
	const int status = o->output != NULL ? probe_into_file(check, &target, o) : probe(check, &target, o, stdout);
	target_done(&target);
	return status;
}
