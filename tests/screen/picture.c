#include "picture.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_MAX_PICTURE 65536

static const char *const masks[] = {
    "[0-9]+ % at [0-9]+ MB/s, [0-9]+ .*",    /* how far the reading of a file is */
    "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z", /* a date */
    "\\]:[0-9]{4,5}~?",                      /* a port that the kernel picked */
    ":[0-9]{4,5}( |$)",
    "[<>]? ?[0-9]+ %",     /* a probability: other causes have their say */
    "[0-9]+ (MB|lines)/s", /* how fast a file is read, */
    "[0-9]{3,}/[0-9]{4,}", /* and what was in it by then */
    " [0-9]{5,}( |$)",
    "[0-9]+-[0-9]+ of [0-9]+",                     /* how far down a text */
    "[<>]? ?[0-9]+(\\.[0-9]+)? (ms|s)( |$|[,;)])", /* a time */
    " [0-9]+\\.[0-9]{3} [<>#]",                    /* the time of a line of a dialog */
    "(█|▏|▎|▍|▌|▋|▊|▉|░)+",
    "#+( |$)",
    "/tmp/[^ ,;~]*~?", /* a folder of the test */
};

static char extra[4][256]; /* those of the play, which come first */
static size_t extra_count;

void picture_mask(const char *pattern)
{
	if (extra_count == sizeof extra / sizeof extra[0] || strlen(pattern) >= sizeof extra[0]) {
		printf("Bail out! no room for the mask %s\n", pattern);
		exit(1);
	}
	snprintf(extra[extra_count++], sizeof extra[0], "%s", pattern);
}

static void add(char *text, const char *bytes, size_t size)
{
	const size_t used = strlen(text);

	if (used + size + 1 < SIZE_MAX_PICTURE) {
		memcpy(text + used, bytes, size);
		text[used + size] = '\0';
	}
}

/* The text with each match of the mask replaced by `with` ("@"), and blanks beside it by one. */
static void mask(const char *pattern, const char *with, const char *text, char *out)
{
	regex_t regex;
	regmatch_t match;

	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NEWLINE) != 0) {
		printf("Bail out! the mask %s is no regular expression\n", pattern);
		exit(1);
	}
	out[0] = '\0';
	for (int flags = 0; regexec(&regex, text, 1, &match, flags) == 0 && match.rm_eo > 0; flags = REG_NOTBOL) {
		add(out, text, (size_t)match.rm_so);
		size_t size = strlen(out);
		while (size > 0 && out[size - 1] == ' ')
			out[--size] = '\0';
		add(out, " ", 1);
		add(out, with, strlen(with));
		add(out, " ", 1);
		text += match.rm_eo;
		text += strspn(text, " ");
	}
	add(out, text, strlen(text));
	regfree(&regex);
}

/* What two screens must have in common. The caller frees. */
static char *essence(const char *text)
{
	char *in = calloc(2, SIZE_MAX_PICTURE);
	if (in == NULL)
		exit(1);
	char *out = in + SIZE_MAX_PICTURE;

	add(in, text, strlen(text));
	for (size_t i = 0; i < extra_count; i++) {
		mask(extra[i], "", in, out);
		memmove(in, out, SIZE_MAX_PICTURE);
	}
	for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
		mask(masks[i], "@", in, out);
		memmove(in, out, SIZE_MAX_PICTURE);
	}
	/* Masks that came to stand side by side are one; blanks at the end of a line are none. */
	char *to = in;
	for (const char *from = in; *from != '\0'; from++) {
		if (strncmp(from, "@ @", 3) == 0) {
			from++;
			continue;
		}
		if (*from == '@' && from[1] == ' ' && from[2] == ' ' && from[3] == '@') {
			from += 2;
			continue;
		}
		if (*from == ' ' && from[strspn(from, " ")] == '\n')
			continue;
		*to++ = *from;
	}
	*to = '\0';
	return in;
}

static void show(const char *title, const char *text)
{
	printf("# %s\n", title);
	while (*text != '\0') {
		const size_t size = strcspn(text, "\n");
		printf("#   |%.*s\n", (int)size, text);
		text += size + (text[size] == '\n');
	}
}

static char *read_picture(const char *path)
{
	char *text = calloc(1, SIZE_MAX_PICTURE);
	FILE *file = fopen(path, "r");

	if (text != NULL && file != NULL)
		text[fread(text, 1, SIZE_MAX_PICTURE - 1, file)] = '\0';
	if (file != NULL)
		fclose(file);
	return text;
}

bool picture_accepts(void)
{
	const char *mode = getenv("SMTPDX_PICTURES");

	return mode != NULL && strcmp(mode, "accept") == 0;
}

bool picture_matches(const char *name, const char *screen, bool last)
{
	const char *source = getenv("SMTPDX_SRCDIR");
	char path[4096];

	snprintf(path, sizeof path, "%s/tests/screen/pictures/%s.txt", source != NULL ? source : ".", name);
	char *picture = read_picture(path);
	if (picture == NULL)
		exit(1);
	char *expected = essence(picture), *got = essence(screen);
	const bool same = strcmp(expected, got) == 0;
	const bool accepted = !same && last && picture_accepts();
	if (accepted) {
		FILE *file = fopen(path, "w");
		if (file == NULL || fputs(screen, file) < 0 || fclose(file) != 0)
			exit(1);
		printf("# %s: taken over, look at it\n", path);
	} else if (!same && last) {
		printf("# %s (SMTPDX_PICTURES=accept takes the new one over):\n", path);
		show("expected", picture);
		show("got", screen);
		show("expected, masked", expected);
		show("got, masked", got);
	}
	free(picture);
	free(expected);
	free(got);
	return same || accepted;
}
