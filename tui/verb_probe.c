#include "verbs.h"

#include "base/i18n.h"

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
	if (target_parse(o->operands[1], &target, &err) != 0)
		return fail(EXIT_USAGE, "%s", err.text);
	struct emit *e = emit_new(check->name, stdout, NULL);
	enum check_status status = check_run(check, &target, &o->settings, e);
	emit_free(e);
	target_done(&target);
	return status == CHECK_DONE ? EXIT_HEALTHY : EXIT_UNMEASURED;
}
