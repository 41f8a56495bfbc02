#include "model/tally.h"

#include "base/i18n.h"
#include "base/xalloc.h"
#include "model/json.h"

#include <math.h>
#include <stdlib.h>

#define TEXT_MAX ((size_t)200)

void tally_init(struct tally *tally)
{
	tally->count = 0;
}

void tally_drop(struct tally *tally)
{
	if (tally->count == 0)
		return;
	const struct tally_row *row = &tally->rows[--tally->count];
	free(row->label);
	free(row->value);
	free(row->note);
}

void tally_done(struct tally *tally)
{
	while (tally->count > 0)
		tally_drop(tally);
}

static double part(double value)
{
	return value > 0 ? fmin(value, 1) : 0; /* NaN is 0 */
}

/* Takes the texts over. A full tally keeps its last row for what comes latest. */
static struct tally_row *add_row(struct tally *tally, char *label, char *value, double from, double to, char *note)
{
	if (tally->count == TALLY_ROWS_MAX)
		tally_drop(tally);
	struct tally_row *row = &tally->rows[tally->count++];
	*row = (struct tally_row){.label = label, .value = value, .from = part(from), .to = part(to), .note = note};
	return row;
}

struct tally_row *tally_add(struct tally *tally, const char *label, const char *value, double from, double to,
                            const char *note)
{
	return add_row(tally, xstrdup(label), xstrdup(value), from, to, xstrdup(note));
}

json_t *tally_to_json(const struct tally *tally)
{
	json_t *rows = json_new_array();

	for (size_t i = 0; i < tally->count; i++) {
		const struct tally_row *row = &tally->rows[i];
		json_t *object = json_new_object();
		json_put_text(object, "label", row->label);
		json_put_text(object, "value", row->value);
		json_put(object, "from", json_new_number(round(row->from * 1e4) / 1e4));
		json_put(object, "to", json_new_number(round(row->to * 1e4) / 1e4));
		json_put(object, "open", json_boolean(row->open));
		json_put_text(object, "note", row->note);
		json_append(rows, object);
	}
	return rows;
}

int tally_from_json(struct tally *tally, const json_t *rows, struct err *err)
{
	tally_init(tally);
	if (!json_is_array(rows) || json_array_size(rows) > TALLY_ROWS_MAX)
		return err_set(err, _("\"rows\" is no list of at most %d rows"), TALLY_ROWS_MAX);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		add_row(tally, json_get_text(row, "label", TEXT_MAX), json_get_text(row, "value", TEXT_MAX),
		        json_number_value(json_object_get(row, "from")), json_number_value(json_object_get(row, "to")),
		        json_get_text(row, "note", TEXT_MAX))
		    ->open = json_is_true(json_object_get(row, "open"));
	}
	return 0;
}
