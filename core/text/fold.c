#include "text/fold.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *from, *to; /* never longer */
} spellings[] = {
    {"times out", "timed out"},
    {"timing out", "timed out"},
    {"timed-out", "timed out"},
    {"time-out", "timeout"},
};

/* The spelling that begins at `p`, or NULL. */
static const char *spelling_at(const char *p, size_t *size)
{
	for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
		*size = strlen(spellings[i].from);
		if (strncmp(p, spellings[i].from, *size) == 0)
			return spellings[i].to;
	}
	return NULL;
}

void fold(char *text)
{
	char *to = text;
	size_t size;

	for (char *p = text; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	for (const char *from = text; *from != '\0';) {
		const char *plain = spelling_at(from, &size);
		if (plain == NULL) {
			*to++ = *from++;
			continue;
		}
		memcpy(to, plain, strlen(plain));
		to += strlen(plain);
		from += size;
	}
	*to = '\0';
}
