#include "verbs.h"

#include "base/i18n.h"
#include "base/text.h"

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

int verb_probe(struct options *o)
{
	struct target target;
	struct err err;

	if (o->operand_count != 2)
		return fail(EXIT_USAGE, _("probe: expected a check and a target"));
	const struct check *check = check_find(o->operands[0]);
	if (check == NULL)
		return fail(EXIT_USAGE, _("probe: there is no check \"%s\"; smtpdx help checks lists them"),
		            o->operands[0]);
	if (parse_target(check, o, &target, &err) != 0)
		return fail(EXIT_USAGE, "%s", err.text);
	struct emit *e = emit_new(check->name, stdout, NULL);
	enum check_status status = check_run(check, &target, &o->settings, e);
	emit_free(e);
	target_done(&target);
	return status == CHECK_DONE ? EXIT_HEALTHY : EXIT_UNMEASURED;
}
