#include "config/include.h"

#include "base/file.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "config/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void include_init(struct include *include, char *text, const char *path)
{
	struct stat status;

	*include = (struct include){.depth = 1};
	include->files[0] = (struct include_file){.at = text};
	if (*path != '\0' && stat(path, &status) == 0) {
		include->files[0].device = status.st_dev;
		include->files[0].inode = status.st_ino;
	}
}

static void leave(struct include *include)
{
	struct include_file *file = &include->files[--include->depth];

	free(file->path);
	free(file->text);
}

void include_done(struct include *include)
{
	while (include->depth > 0)
		leave(include);
}

static int check(const struct include *include, const char *path, struct stat *status, struct err *err)
{
	if (include->depth == INCLUDE_DEPTH_MAX || include->opened == INCLUDE_FILES_MAX)
		return err_set(err, _("%s: too many files include others; it was left out"), path);
	if (stat(path, status) != 0)
		return err_sys(err, errno, "%s", path);
	if (!S_ISREG(status->st_mode))
		return err_set(err, _("%s: is no file"), path);
	for (size_t i = 0; i < include->depth; i++)
		if (include->files[i].device == status->st_dev && include->files[i].inode == status->st_ino)
			return err_set(err, _("%s: includes itself"), path);
	return 0;
}

int include_enter(struct include *include, const char *path, struct err *err)
{
	struct stat status;
	size_t size;

	if (check(include, path, &status, err) != 0)
		return -1;
	char *text = file_read(path, CONFIG_FILE_MAX - include->bytes, &size, err);
	if (text == NULL)
		return -1;
	include->files[include->depth++] = (struct include_file){
	    .path = xstrdup(path), .text = text, .at = text, .device = status.st_dev, .inode = status.st_ino};
	include->opened++;
	include->bytes += size;
	return 0;
}

char *include_next_line(struct include *include)
{
	for (;;) {
		struct include_file *file = &include->files[include->depth - 1];
		char *line = config_next_line(&file->at);
		if (line != NULL) {
			file->line++;
			return line;
		}
		if (include->depth == 1)
			return NULL;
		leave(include);
	}
}

const char *include_path(const struct include *include)
{
	return include->files[include->depth - 1].path;
}

long include_line(const struct include *include)
{
	return include->files[include->depth - 1].line;
}
