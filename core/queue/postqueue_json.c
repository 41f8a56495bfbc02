/*
 * postqueue_json - the listing of `postqueue -j`, an object on each line (postqueue(1)):
 *
 *   {"queue_name": "deferred", "queue_id": "3290E1B5", "arrival_time": 1795322379, "message_size": 2360,
 *    "forced_expire": false, "sender": "a@example.com",
 *    "recipients": [{"address": "b@example.net", "delay_reason": "connect to ...: Connection timed out"}]}
 *
 * A message to a mailing list has lines of megabytes, which are cut where they are read. So no tree is built: names and
 * values are taken as they come, which is possible since no name means two things.
 */
#include "queue/listing.h"

#define VALUE_MAX ((size_t)1200) /* bytes of a text; longer ones are cut */
#define HEAD_MAX  ((size_t)512)  /* bytes that tell such a line from others */

struct token {
	char text[VALUE_MAX];
	size_t size;
	bool is_string;
};

/* A character behind a backslash; \u gives UTF-8 (a lone surrogate is "?"), so 1 to 3 bytes. Returns what it took. */
static size_t unescape(struct slice at, char out[static 3], size_t *size)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	unsigned code = 0;

	*size = 1;
	if (at.size == 0)
		return 0;
	const char *found = strchr(from, at.at[0]);
	out[0] = found != NULL && at.at[0] != '\0' ? to[found - from] : at.at[0];
	if (at.at[0] != 'u')
		return 1;
	for (size_t i = 1; i <= 4; i++) {
		const char c = i < at.size ? at.at[i] : '\0';
		const int digit = c >= '0' && c <= '9'   ? c - '0'
		                  : c >= 'a' && c <= 'f' ? c - 'a' + 10
		                  : c >= 'A' && c <= 'F' ? c - 'A' + 10
		                                         : -1;
		if (digit < 0)
			return i;
		code = code << 4 | (unsigned)digit;
	}
	if (code < 0x80) {
		out[0] = (char)code;
	} else if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		*size = 2;
	} else if (code >= 0xd800 && code < 0xe000) {
		out[0] = '?';
	} else {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		*size = 3;
	}
	return 5;
}

/* The text of a string whose opening quote is gone; the rest in *rest. False: it does not end. */
static bool take_string(struct slice *rest, struct token *token)
{
	token->size = 0;
	token->is_string = true;
	while (rest->size > 0 && rest->at[0] != '"') {
		char bytes[3] = {rest->at[0]};
		size_t size = 1, taken = 1;
		if (rest->at[0] == '\\')
			taken += unescape(slice_from(*rest, 1), bytes, &size);
		if (token->size + size <= sizeof token->text) {
			memcpy(token->text + token->size, bytes, size);
			token->size += size;
		}
		*rest = slice_from(*rest, taken);
	}
	const bool is_whole = rest->size > 0;
	*rest = slice_from(*rest, 1);
	return is_whole;
}

/* The next string, number or word; punctuation but ':' is passed over. False at the end. */
static bool take_token(struct slice *rest, struct token *token)
{
	while (rest->size > 0 && strchr("{}[], \t", rest->at[0]) != NULL && rest->at[0] != '\0')
		*rest = slice_from(*rest, 1);
	if (rest->size == 0)
		return false;
	if (rest->at[0] == '"') {
		*rest = slice_from(*rest, 1);
		return take_string(rest, token);
	}
	token->is_string = false;
	for (token->size = 0; rest->size > 0; *rest = slice_from(*rest, 1)) {
		if (strchr("{}[], \t\":", rest->at[0]) != NULL && rest->at[0] != '\0')
			break;
		if (token->size < sizeof token->text)
			token->text[token->size++] = rest->at[0];
	}
	if (token->size == 0) /* a colon without a name */
		*rest = slice_from(*rest, 1);
	return true;
}

static bool take_colon(struct slice *rest)
{
	while (rest->size > 0 && (rest->at[0] == ' ' || rest->at[0] == '\t'))
		*rest = slice_from(*rest, 1);
	if (rest->size == 0 || rest->at[0] != ':')
		return false;
	*rest = slice_from(*rest, 1);
	return true;
}

/* What is known of the object so far. The address of a recipient comes before its reason. */
struct object {
	struct queue_message message;
	bool begun;
	struct token address;
	bool has_address;
};

static void flush_recipient(struct listing *l, struct object *object)
{
	if (!object->has_address)
		return;
	listing_recipient(l, (struct slice){.at = object->address.text, .size = object->address.size});
	l->has_reason = false;
	object->has_address = false;
}

static void take_member(struct listing *l, struct object *object, const struct token *name, const struct token *value)
{
	const struct slice key = {.at = name->text, .size = name->size};
	const struct slice text = {.at = value->text, .size = value->size};

	if (slice_is(key, "queue_name")) {
		object->message.state = slice_is(text, "active") ? QUEUE_ACTIVE
		                        : slice_is(text, "hold") ? QUEUE_HELD
		                                                 : QUEUE_WAITING;
	} else if (slice_is(key, "arrival_time") && is_number(text)) {
		const double age = (double)l->now - slice_number(text, NULL);
		object->message.age = age > 0 ? age : 0;
	} else if (slice_is(key, "message_size") && is_number(text)) {
		object->message.size = slice_number(text, NULL);
	} else if (slice_is(key, "sender")) {
		object->message.bounce = is_bounce(text);
	} else if (slice_is(key, "address")) {
		if (!object->begun)
			listing_begin(l, LISTING_NONE, &object->message);
		object->begun = true;
		flush_recipient(l, object);
		object->address = *value;
		object->has_address = true;
	} else if (slice_is(key, "delay_reason") && object->has_address && text.size > 0) {
		listing_reason(l, text);
	}
}

bool postqueue_json_line(struct listing *l, struct slice line)
{
	struct slice rest = line_trim(line);
	const struct slice head = slice_head(rest, HEAD_MAX);
	struct object object = {.message = {.mta = LOG_POSTFIX, .size = -1, .age = -1}};
	struct token name, value;

	if (!slice_begins(head, "{") || slice_find(head, "\"queue_name\"").at == NULL ||
	    slice_find(head, "\"queue_id\"").at == NULL)
		return false;
	while (take_token(&rest, &name)) {
		if (!name.is_string || !take_colon(&rest))
			continue;
		struct slice ahead = rest;
		while (ahead.size > 0 && (ahead.at[0] == ' ' || ahead.at[0] == '\t'))
			ahead = slice_from(ahead, 1);
		if (ahead.size > 0 && (ahead.at[0] == '[' || ahead.at[0] == '{')) /* members follow */
			continue;
		if (!take_token(&rest, &value))
			break;
		take_member(l, &object, &name, &value);
	}
	flush_recipient(l, &object);
	if (!object.begun)
		listing_begin(l, LISTING_NONE, &object.message);
	listing_end(l);
	return true;
}
