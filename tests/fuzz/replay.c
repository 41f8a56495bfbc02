/*
 * replay FOLDER - a fuzz target as a test: every file of the folder, whole and cut short, is given to it
 *
 * Linked with one fuzz_NAME.c in the place of libFuzzer. A target complains by crashing; what it survives is "ok".
 */
#include "base/err.h"
#include "base/file.h"
#include "base/xalloc.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEED_MAX ((size_t)1 << 20) /* bytes */
#define CUTS_MAX 200               /* beginnings of one file */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of its own for each, so that a sanitizer sees a read past the end. */
static void give(const char *bytes, size_t size)
{
	uint8_t *copy = xmalloc(size + (size == 0));

	memcpy(copy, bytes, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void replay(const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s", folder, name);
	struct err err;
	size_t size;
	char *bytes = file_read(path, SEED_MAX, &size, &err);

	if (bytes == NULL)
		die(err.text);
	give(bytes, size);
	for (size_t cut = 0; cut < size; cut += 1 + size / CUTS_MAX)
		give(bytes, cut);
	free(bytes);
	free(path);
}

static int is_seed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
	struct dirent **seeds;
	int count = argc == 2 ? scandir(argv[1], &seeds, is_seed, alphasort) : -1;

	if (count < 0)
		die("replay: a folder is expected");
	printf("1..%d\n", count);
	for (int i = 0; i < count; i++) {
		replay(argv[1], seeds[i]->d_name);
		printf("ok %d - %s\n", i + 1, seeds[i]->d_name);
		fflush(stdout);
		free(seeds[i]);
	}
	free(seeds);
	return 0;
}
