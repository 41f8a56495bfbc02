#include "verbs.h"

#include "base/i18n.h"
#include "outputs.h"

int verb_report(struct options *o)
{
	struct err err;

	if (o->operand_count != 1)
		return fail(EXIT_USAGE, _("report: expected one saved case"));
	struct case_file *c = case_load(o->operands[0], &err);
	if (c == NULL)
		return fail(EXIT_USAGE, "%s", err.text);
	if (outputs_spare(o, o->operands, 1, &err) != 0) {
		case_free(c);
		return fail(EXIT_USAGE, "%s", err.text);
	}
	int status = write_report(o, c);
	case_free(c);
	return status;
}
