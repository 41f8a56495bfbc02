#include "base/helpfile.h"

#include "base/file.h"
#include "base/helpfile_embedded.h"
#include "base/i18n.h"
#include "base/xalloc.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The folder of the site's files (caller frees), or NULL when the environment names none. */
static char *site_folder(void)
{
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (config != NULL && config[0] == '/')
		return xasprintf("%s/smtpdx", config);
	if (home != NULL && home[0] == '/')
		return xasprintf("%s/.config/smtpdx", home);
	return NULL;
}

/* A single path component that names neither a hidden file nor the way up. */
static bool component_ok(const char *name, size_t size)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

	return size > 0 && name[0] != '.' && strspn(name, allowed) >= size;
}

static bool name_ok(const char *name)
{
	for (;;) {
		size_t size = strcspn(name, "/");

		if (!component_ok(name, size))
			return false;
		if (name[size] == '\0')
			return true;
		name += size + 1;
	}
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t size = strlen(name);
	size_t suffix_size = strlen(suffix);

	return size > suffix_size && strcmp(name + size - suffix_size, suffix) == 0;
}

static const struct embedded_file *embedded_find(const char *name)
{
	for (size_t i = 0; i < embedded_count; i++)
		if (strcmp(embedded_files[i].name, name) == 0)
			return &embedded_files[i];
	return NULL;
}

static void from_embedded(const struct embedded_file *embedded, struct helpfile *file)
{
	file->name = xstrdup(embedded->name);
	file->origin = xasprintf("built-in help/%s", embedded->name);
	file->text = xmalloc(embedded->size + 1);
	memcpy(file->text, embedded->bytes, embedded->size + 1);
	file->size = embedded->size;
}

/* Returns 1 when the site has the file, 0 when it has not, -1 on error. */
static int from_site(const char *path, const char *name, struct helpfile *file, struct err *err)
{
	struct stat st;
	char *text;
	size_t size;

	if (stat(path, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : err_sys(err, errno, "%s", path);
	if (!S_ISREG(st.st_mode)) /* a FIFO would hold us up */
		return err_set(err, _("%s: not a regular file"), path);
	text = file_read(path, HELPFILE_SIZE_MAX, &size, err);
	if (text == NULL)
		return -1;
	if (memchr(text, '\0', size) != NULL) {
		free(text);
		return err_set(err, _("%s: contains a NUL byte"), path);
	}
	*file = (struct helpfile){.name = xstrdup(name), .origin = xstrdup(path), .text = text, .size = size};
	return 1;
}

int helpfile_get(const char *name, struct helpfile *file, struct err *err)
{
	const struct embedded_file *embedded;
	char *folder;

	*file = (struct helpfile){0};
	if (!name_ok(name))
		return err_set(err, _("%s: no such help file"), name);
	folder = site_folder();
	if (folder != NULL) {
		char *path = xasprintf("%s/%s", folder, name);
		int found = from_site(path, name, file, err);

		free(path);
		free(folder);
		if (found != 0)
			return found < 0 ? -1 : 0;
	}
	embedded = embedded_find(name);
	if (embedded == NULL)
		return err_set(err, _("%s: no such help file"), name);
	from_embedded(embedded, file);
	return 0;
}

void helpfile_done(struct helpfile *file)
{
	free(file->name);
	free(file->origin);
	free(file->text);
	*file = (struct helpfile){0};
}

/* The list while it grows. */
struct list {
	struct helpfile *files;
	size_t count;
	size_t room;
};

static void list_add(struct list *list, const struct helpfile *file)
{
	list->files = xgrow(list->files, list->count, &list->room, sizeof *file);
	list->files[list->count++] = *file;
}

static bool list_has(const struct list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->files[i].name, name) == 0)
			return true;
	return false;
}

static int add_site_file(struct list *list, const char *site, const char *folder, const char *entry, struct err *err)
{
	struct helpfile file;
	char *name;
	char *path;
	int found;

	if (!component_ok(entry, strlen(entry)))
		return err_set(err, _("%s/%s/%s: a file name here may have only letters, digits, '.', '_' and '-'"),
		               site, folder, entry);
	if (list->count >= HELPFILE_COUNT_MAX)
		return err_set(err, _("%s/%s: more than %d files"), site, folder, HELPFILE_COUNT_MAX);
	name = xasprintf("%s/%s", folder, entry);
	path = xasprintf("%s/%s", site, name);
	found = from_site(path, name, &file, err);
	if (found > 0)
		list_add(list, &file);
	free(path);
	free(name);
	return found < 0 ? -1 : 0;
}

static int add_site_files(struct list *list, const char *site, const char *folder, const char *suffix, struct err *err)
{
	char *path = xasprintf("%s/%s", site, folder);
	DIR *dir = opendir(path);
	const struct dirent *entry;
	int result = 0;

	if (dir == NULL) {
		if (errno != ENOENT && errno != ENOTDIR)
			result = err_sys(err, errno, "%s", path);
		free(path);
		return result;
	}
	while (result == 0 && (errno = 0, entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' && has_suffix(entry->d_name, suffix))
			result = add_site_file(list, site, folder, entry->d_name, err);
	if (result == 0 && errno != 0)
		result = err_sys(err, errno, "%s", path);
	closedir(dir);
	free(path);
	return result;
}

static void add_embedded_files(struct list *list, const char *folder, const char *suffix)
{
	size_t folder_size = strlen(folder);

	for (size_t i = 0; i < embedded_count; i++) {
		const char *name = embedded_files[i].name;
		struct helpfile file;

		if (strncmp(name, folder, folder_size) != 0 || name[folder_size] != '/' ||
		    strchr(name + folder_size + 1, '/') != NULL || !has_suffix(name + folder_size + 1, suffix) ||
		    list_has(list, name))
			continue;
		from_embedded(&embedded_files[i], &file);
		list_add(list, &file);
	}
}

static int by_name(const void *a, const void *b)
{
	const struct helpfile *left = a;
	const struct helpfile *right = b;

	return strcmp(left->name, right->name);
}

int helpfile_list(const char *folder, const char *suffix, struct helpfile **files, size_t *count, struct err *err)
{
	struct list list = {0};
	char *site = site_folder();
	int result = site == NULL ? 0 : add_site_files(&list, site, folder, suffix, err);

	free(site);
	if (result < 0) {
		helpfile_list_free(list.files, list.count);
		list = (struct list){0};
	} else {
		add_embedded_files(&list, folder, suffix);
	}
	if (list.count > 1)
		qsort(list.files, list.count, sizeof list.files[0], by_name);
	*files = list.files;
	*count = list.count;
	return result;
}

void helpfile_list_free(struct helpfile *files, size_t count)
{
	for (size_t i = 0; i < count; i++)
		helpfile_done(&files[i]);
	free(files);
}
