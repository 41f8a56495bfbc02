#include "flow/evidence.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_SIZE 400 /* bytes that tell a saved case from other files */

static bool is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

bool evidence_is_case(const char *path)
{
	char head[HEAD_SIZE + 1];
	struct stat st;

	if (is_stdin(path))
		return false;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return false;
	/* What is read of a pipe, such as bash's <(...), is lost for the check. */
	ssize_t size = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? read(fd, head, HEAD_SIZE) : 0;
	close(fd);
	head[size > 0 ? size : 0] = '\0';
	return head[strspn(head, " \t\r\n")] == '{' && strstr(head, "\"smtpdx.case/") != NULL;
}

char *evidence_title(char *const *paths, size_t count)
{
	char *first =
	    is_stdin(paths[0]) ? xstrdup(_("standard input")) : text_clean_dup(paths[0], strlen(paths[0]), PATH_MAX);
	const char *dot = is_stdin(paths[0]) || strchr(first, '/') != NULL ? "" : "./";
	char *title =
	    count == 1 ? xasprintf("%s%s", dot, first) : xasprintf(_("%s%s and %zu more"), dot, first, count - 1);

	free(first);
	return title;
}
