#include "diagnose/cause.h"

#include "base/helpfile.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "diagnose/diagnose.h"

#include <stdlib.h>
#include <string.h>

#define FOLDER "causes"
#define SUFFIX ".cause"

/* The id is the name of the file, so no two causes can have the same one and a reader finds what a report names. */
static int check_id(const struct helpfile *file, const struct cause *cause, struct err *err)
{
	const char *slash = strrchr(file->name, '/');
	const char *stem = slash != NULL ? slash + 1 : file->name;
	size_t length = strlen(stem) - strlen(SUFFIX);

	if (strlen(cause->id) == length && strncmp(cause->id, stem, length) == 0)
		return 0;
	return err_set(err, _("%s:1: expected \"cause: %.*s\", the name of the file, found \"%s\""), file->origin,
	               (int)length, stem, cause->id);
}

static int add_file(struct catalogue *catalogue, const struct helpfile *file, struct err *err)
{
	struct cause cause;

	if (cause_parse(file->origin, file->text, &cause, err) != 0)
		return -1;
	if (check_id(file, &cause, err) != 0) {
		cause_done(&cause);
		return -1;
	}
	catalogue->causes = xgrow(catalogue->causes, catalogue->count, &catalogue->room, sizeof *catalogue->causes);
	catalogue->causes[catalogue->count++] = cause;
	return 0;
}

struct catalogue *catalogue_load(struct err *err)
{
	struct catalogue *catalogue;
	struct helpfile *files;
	size_t count;

	if (helpfile_list(FOLDER, SUFFIX, &files, &count, err) != 0)
		return NULL;
	catalogue = xcalloc(1, sizeof *catalogue);
	for (size_t i = 0; i < count; i++) {
		if (add_file(catalogue, &files[i], err) != 0) {
			catalogue_free(catalogue);
			catalogue = NULL;
			break;
		}
	}
	helpfile_list_free(files, count);
	return catalogue;
}

void catalogue_free(struct catalogue *catalogue)
{
	if (catalogue == NULL)
		return;
	for (size_t i = 0; i < catalogue->count; i++)
		cause_done(&catalogue->causes[i]);
	free(catalogue->causes);
	free(catalogue);
}
