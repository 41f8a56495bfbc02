#include "base/file.h"

#include "base/i18n.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t written = write(fd, data, size);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -1;
		data += written;
		size -= (size_t)written;
	}
	return 0;
}

static int write_in_place(const char *path, const char *data, size_t size, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_sys(err, errno, "%s", path);
	int failed = write_all(fd, data, size) != 0 ? errno : 0;
	if (close(fd) != 0 && failed == 0)
		failed = errno;
	return failed != 0 ? err_sys(err, failed, "%s", path) : 0;
}

int file_replace(const char *path, const char *data, size_t size, struct err *err)
{
	struct stat st;
	bool exists = stat(path, &st) == 0;

	if (exists && S_ISDIR(st.st_mode))
		return err_sys(err, EISDIR, "%s", path);
	if (exists && !S_ISREG(st.st_mode))
		return write_in_place(path, data, size, err);

	char *real = realpath(path, NULL); /* a symbolic link stays one: what it points to is replaced */
	char *temporary = xasprintf("%s.XXXXXX", real != NULL ? real : path);
	int fd = mkostemp(temporary, O_CLOEXEC);
	int failed = 0;
	if (fd < 0) {
		failed = errno;
	} else {
		mode_t mask = umask(0);
		umask(mask);
		mode_t mode = exists ? st.st_mode & 07777 : 0666 & ~mask;
		if (write_all(fd, data, size) != 0 || fchmod(fd, mode) != 0 || fsync(fd) != 0)
			failed = errno;
		if (close(fd) != 0 && failed == 0)
			failed = errno;
		if (failed == 0 && rename(temporary, real != NULL ? real : path) != 0)
			failed = errno;
		if (failed != 0)
			unlink(temporary);
	}
	free(temporary);
	free(real);
	return failed != 0 ? err_sys(err, failed, "%s", path) : 0;
}

int file_check_writable(const char *path, struct err *err)
{
	struct stat st;

	if (*path == '\0')
		return err_sys(err, ENOENT, "\"%s\"", path);
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode)       ? err_sys(err, EISDIR, "%s", path)
		       : access(path, W_OK) != 0 ? err_sys(err, errno, "%s", path)
		                                 : 0;
	char *real = realpath(path, NULL);
	char *folder = xstrdup(real != NULL ? real : path);
	char *slash = strrchr(folder, '/');
	if (slash != NULL)
		slash[slash == folder] = '\0'; /* the root keeps its slash */
	int failed = access(slash != NULL ? folder : ".", W_OK | X_OK) != 0 ? errno : 0;
	free(folder);
	free(real);
	return failed != 0 ? err_sys(err, failed, "%s", path) : 0;
}

int file_check_readable(const char *path, struct err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return err_sys(err, errno, "%s", path);
	const bool is_directory = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
	close(fd);
	return is_directory ? err_sys(err, EISDIR, "%s", path) : 0;
}

bool file_is_same(const char *a, const char *b)
{
	struct stat first, second;

	return stat(a, &first) == 0 && stat(b, &second) == 0 && S_ISREG(first.st_mode) &&
	       first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

char *file_read(const char *path, size_t max, size_t *size, struct err *err)
{
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		err_sys(err, errno, "%s", path);
		return NULL;
	}
	size_t room = 0, used = 0;
	char *text = NULL;
	do {
		room = room != 0 ? room * 2 : 4096;
		room = room < max + 2 ? room : max + 2; /* one byte more than allowed shows that it is too large */
		text = xrealloc(text, room, 1);
		used += fread(text + used, 1, room - 1 - used, file);
	} while (used == room - 1 && used <= max);
	int failed = ferror(file) ? errno : 0;
	fclose(file);
	if (failed != 0 || used > max) {
		free(text);
		if (failed != 0)
			err_sys(err, failed, "%s", path);
		else
			err_set(err, _("%s: larger than %zu bytes"), path, max);
		return NULL;
	}
	text[used] = '\0';
	if (size != NULL)
		*size = used;
	return text;
}
