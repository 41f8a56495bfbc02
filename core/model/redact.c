#include "model/redact.h"

#include "base/xalloc.h"
#include "model/pseudonym.h"

#include <stdlib.h>
#include <string.h>

/* Members that hold words of ours, such as names of facts, and what tells nothing about anybody. */
static bool is_vocabulary(const char *key)
{
	static const char *const keys[] = {"schema", "smtpdx", "created", "os",   "direction", "check",
	                                   "status", "name",   "unit",    "at",   "dir",       "kind",
	                                   "where",  "cause",  "fact",    "title"};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

static void redact_value(struct pseudonyms *p, json_t *value, enum pseudonym_scan scan);

static void redact_string(struct pseudonyms *p, json_t *value, enum pseudonym_scan scan)
{
	char *text = pseudonym_text(p, json_string_value(value), scan);

	json_string_set(value, text);
	free(text);
}

/* A fact whose value is one of a list of words; a host may have the name of one. */
static bool has_word(const json_t *object)
{
	const char *name = json_string_value(json_object_get(object, "name"));
	const struct fact_def *def = name != NULL ? fact_def_find(name) : NULL;

	return def != NULL && def->kind == FACT_WORD;
}

static void redact_object(struct pseudonyms *p, json_t *object, enum pseudonym_scan scan)
{
	const bool keeps_value = has_word(object);
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) if (keeps_value && strcmp(key, "value") == 0) continue;
	else if (!is_vocabulary(key) || json_is_object(value) || json_is_array(value)) redact_value(p, value, scan);
}

static void redact_value(struct pseudonyms *p, json_t *value, enum pseudonym_scan scan)
{
	size_t index;
	json_t *element;

	if (json_is_string(value))
		redact_string(p, value, scan);
	else if (json_is_object(value))
		redact_object(p, value, scan);
	else if (json_is_array(value))
		json_array_foreach(value, index, element) redact_value(p, element, scan);
}

/* The name of this machine is known without a dot in it, so it comes first. */
static void redact_observer(struct pseudonyms *p, json_t *observer)
{
	json_t *host = json_object_get(observer, "host");

	if (json_is_string(host)) {
		char *name = pseudonym_host(p, json_string_value(host));
		json_string_set(host, name);
		free(name);
	}
}

/* The case as JSON with pseudonyms; which they are, p remembers. */
static json_t *redact_case(struct pseudonyms *p, const struct case_file *c)
{
	json_t *plain = case_to_json(c), *root = json_deep_copy(plain);
	const char *key;
	json_t *value;

	json_decref(plain);
	if (root == NULL)
		die("out of memory");
	redact_observer(p, json_object_get(root, "observer"));
	json_object_foreach(root, key, value) if (strcmp(key, "diagnosis") != 0 && strcmp(key, "observer") != 0 &&
	                                          !is_vocabulary(key)) redact_value(p, value, PSEUDONYM_FIND);
	/* What is ours is looked at last: by now all that the case is about has its pseudonym. */
	redact_value(p, json_object_get(root, "diagnosis"), PSEUDONYM_KNOWN);
	return root;
}

struct case_file *case_redacted(const struct case_file *c)
{
	struct pseudonyms *p = pseudonyms_new(false);
	json_t *root = redact_case(p, c);
	struct err err;

	struct case_file *redacted = case_from_json(root, "redacted", &err);
	json_decref(root);
	pseudonyms_free(p);
	if (redacted == NULL)
		die(err.text); /* a case of ours that we cannot read again is a bug */
	return redacted;
}

void case_redact_texts(const struct case_file *c, char **texts, size_t count)
{
	struct pseudonyms *p = pseudonyms_new(false);

	json_decref(redact_case(p, c));
	for (size_t i = 0; i < count; i++) {
		char *text = pseudonym_text(p, texts[i], PSEUDONYM_FIND);
		free(texts[i]);
		texts[i] = text;
	}
	pseudonyms_free(p);
}
