#include "checks/smtp/refusal.h"

#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

char *refusal_words(const struct smtp_reply *reply)
{
	char *text = xstrdup(reply->text);
	size_t size = strlen(text);

	while (size > 0 && text[size - 1] == '\n')
		text[--size] = '\0';
	for (size_t i = 0; i < size; i++)
		if (text[i] == '\n')
			text[i] = ' ';
	return text;
}

const struct reply_row *refusal_row(const struct replies *replies, const char *server, const struct smtp_reply *reply,
                                    enum smtp_phase phase)
{
	char *words = refusal_words(reply);
	char *whole = reply->enhanced[0] != '\0' ? xasprintf("%d %s %s", reply->code, reply->enhanced, words)
	                                         : xasprintf("%d %s", reply->code, words);
	const struct reply_row *row = replies_find_of(replies, server, whole, smtp_phases[phase].name);

	free(whole);
	free(words);
	return row;
}

/* Of a reply that no row knows its code alone speaks (RFC 5321 4.2.3). */
const char *refusal_class(const struct reply_row *row, int code)
{
	if (row != NULL)
		return row->class;
	return code == 421 ? "shutdown" : code == 452 ? "disk-full" : code == 552 ? "size-limit" : "other";
}
