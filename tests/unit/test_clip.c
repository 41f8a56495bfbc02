/* clip: what a terminal is told to put into its clipboard, and how much of it; the terminal is one of the test's own. */
#include "../../tui/screen/clip.h"

#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHARACTERS_MAX 100000 /* of base64, that xterm takes */

/* Without a terminal, or with the one of that name, so that nobody's own hears of it. */
static _Noreturn void copy(const char *terminal, size_t size)
{
	char *text = malloc(size + 1);
	struct err err = {""};

	unsetenv("TMUX");
	unsetenv("STY");
	setenv("TERM", "xterm", 1);
	if (text == NULL || setsid() < 0 || (terminal != NULL && open(terminal, O_RDWR) < 0))
		_exit(9);
	memset(text, 'x', size);
	if (clip_copy(text, size, &err) == 0)
		_exit(0);
	_exit(strstr(err.text, "too long for a clipboard") != NULL ? 1 : 2);
}

/* How it ends; what arrives at the terminal is counted. */
static int copy_to_terminal(size_t size, size_t *arrived, char *begin, size_t room)
{
	char bytes[4096];
	int status = -1;
	ssize_t got;

	const int master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	const char *name = ptsname(master);
	assert_non_null(name);
	const int spare = open(name, O_RDWR | O_NOCTTY); /* what was written stays when the child has gone */
	assert_true(spare >= 0);
	const pid_t pid = fork();
	if (pid == 0)
		copy(name, size);
	*arrived = 0;
	do {
		got = read(master, bytes, sizeof bytes);
		assert_true(got > 0);
		if (*arrived == 0)
			snprintf(begin, room, "%.*s", (int)got, bytes);
		*arrived += (size_t)got;
	} while (bytes[got - 1] != '\a');
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(spare);
	close(master);
	return WEXITSTATUS(status);
}

static int copy_without_terminal(size_t size)
{
	int status = -1;
	const pid_t pid = fork();

	if (pid == 0)
		copy(NULL, size);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

static void the_terminal_is_told(void **state)
{
	char begin[40];
	size_t arrived;

	(void)state;
	assert_int_equal(copy_to_terminal(4, &arrived, begin, sizeof begin), 0);
	assert_string_equal(begin, "\033]52;c;eHh4eA==\a");
}

static void as_much_as_terminals_take(void **state)
{
	char begin[8];
	size_t arrived;

	(void)state;
	assert_int_equal(copy_to_terminal(CLIP_MAX, &arrived, begin, sizeof begin), 0);
	const size_t characters = arrived - strlen("\033]52;c;\a");
	assert_int_equal(characters, (CLIP_MAX + 2) / 3 * 4);
	assert_true(characters <= CHARACTERS_MAX);
	/* One byte more is refused before anything is sent; so is everything where there is no terminal. */
	assert_int_equal(copy_without_terminal(CLIP_MAX + 1), 1);
	assert_int_equal(copy_without_terminal(CLIP_MAX), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_terminal_is_told),
	    cmocka_unit_test(as_much_as_terminals_take),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
