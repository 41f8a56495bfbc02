#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "flow/session_state.h"
#include "model/json.h"

#include <stdlib.h>
#include <string.h>

#define ANSWERS_MAX 10000 /* of a session that is loaded */

void session_put_answers(struct session *s)
{
	json_object_clear(s->c->answers);
	if (s->inherited != NULL)
		json_object_update(s->c->answers, s->inherited);
	for (size_t i = 0; i < s->given.count; i++)
		json_put_text(s->c->answers, s->given.items[i].name, s->given.items[i].value);
}

static json_t *list_to_json(const struct answer_list *list)
{
	json_t *array = json_new_array();

	for (size_t i = 0; i < list->count; i++) {
		json_t *pair = json_new_object();
		json_put_text(pair, "name", list->items[i].name);
		json_put_text(pair, "value", list->items[i].value);
		json_append(array, pair);
	}
	return array;
}

static void list_from_json(struct answer_list *list, const json_t *array)
{
	for (size_t i = 0; i < json_array_size(array) && i < ANSWERS_MAX; i++) {
		const json_t *pair = json_array_get(array, i);
		char *name = json_get_text(pair, "name", QUESTION_LINE_MAX);
		char *value = json_get_lines(pair, "value", QUESTION_ANSWER_MAX);
		answer_add(list, name, value);
		free(name);
		free(value);
	}
}

/* Where it began, what was answered in which order, and what has been measured: enough to go through it all again. */
static json_t *state_to_json(const struct session *s)
{
	json_t *state = json_new_object();
	char stamp[CLOCK_STAMP_SIZE];

	clock_stamp(stamp);
	json_put_text(state, "walk", s->walks[0]->name);
	json_put_text(state, "saved", stamp);
	json_put(state, "ended", json_boolean(s->ended));
	json_put(state, "answers", list_to_json(&s->given));
	json_put(state, "measured", list_to_json(&s->measured));
	return state;
}

void session_save(struct session *s)
{
	struct err err;

	if (s->store_failed)
		return;
	if (s->store == NULL)
		s->store = store_new(&err);
	s->saved_at = clock_now();
	json_t *state = state_to_json(s);
	/* Whoever has no place for it still gets a diagnosis: a session that cannot be saved goes on. */
	s->store_failed = s->store == NULL || store_save(s->store, s->c, state, &err) != 0;
	json_decref(state);
}

int session_load(struct session *s, const char *id, struct err *err)
{
	struct store *store = store_open(id, err);
	json_t *state = NULL;
	struct case_file *c = store != NULL ? store_load(store, &state, err) : NULL;
	char *walk = c != NULL ? json_get_text(state, "walk", QUESTION_LINE_MAX) : NULL;

	if (c == NULL || session_enter_walk(s, walk, err) != 0) {
		free(walk);
		json_decref(state);
		case_free(c);
		store_free(store);
		return -1;
	}
	free(walk);
	case_free(s->c);
	s->c = c;
	/* The walkthrough that it began with comes first, as if this session had begun with it. */
	struct walk *first = s->walks[s->walk_count - 1];
	memmove(&s->walks[1], &s->walks[0], (s->walk_count - 1) * sizeof *s->walks);
	s->walks[0] = first;
	store_free(s->store);
	s->store = store;
	answer_cut(&s->given, 0);
	answer_cut(&s->remembered, 0);
	answer_cut(&s->measured, 0);
	answer_cut(&s->presets, 0);
	list_from_json(&s->presets, json_object_get(state, "answers"));
	list_from_json(&s->measured, json_object_get(state, "measured"));
	for (size_t i = 0; i < s->presets.count; i++)
		answer_set(&s->remembered, s->presets.items[i].name, s->presets.items[i].value);
	json_decref(state);
	return 0;
}
