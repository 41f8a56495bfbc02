#include "flow/evidence.h"

#include "base/file.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "flow/question.h"

#include <fcntl.h>
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

/* How many lines a text has that was pasted; 0: it is not there any more. */
static size_t count_lines(const char *path)
{
	size_t size = 0, lines = 0;
	char *text = file_read(path, QUESTION_ANSWER_MAX, &size, NULL);

	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n' || i + 1 == size;
	free(text);
	return lines;
}

static char *title_of_first(const struct settings *settings)
{
	const char *path = settings->files[0];
	char *name = settings_file_name(settings, path), *title;

	if (settings_is_pasted(settings, path)) {
		const size_t lines = count_lines(path);
		title = xasprintf(ngettext("%s, %zu line", "%s, %zu lines", lines), name, lines);
	} else {
		title = xasprintf("%s%s", is_stdin(path) || strchr(name, '/') != NULL ? "" : "./", name);
	}
	free(name);
	return title;
}

char *evidence_title(const struct settings *settings)
{
	char *first = title_of_first(settings);

	if (settings->file_count == 1)
		return first;
	char *title = xasprintf(_("%s and %zu more"), first, settings->file_count - 1);
	free(first);
	return title;
}
