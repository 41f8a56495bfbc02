#include "clip.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEQUENCE_MAX (CLIP_MAX * 4)
#define SCREEN_PIECE ((size_t)240) /* bytes: screen passes no longer string through */

static void add_base64(struct buf *out, const char *text, size_t size)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *bytes = (const unsigned char *)text;

	for (size_t i = 0; i < size; i += 3) {
		const size_t left = size - i;
		const unsigned group = (unsigned)bytes[i] << 16 | (left > 1 ? (unsigned)bytes[i + 1] << 8 : 0) |
		                       (left > 2 ? (unsigned)bytes[i + 2] : 0);
		buf_putc(out, digits[group >> 18]);
		buf_putc(out, digits[group >> 12 & 63]);
		buf_putc(out, left > 1 ? digits[group >> 6 & 63] : '=');
		buf_putc(out, left > 2 ? digits[group & 63] : '=');
	}
}

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value != NULL && *value != '\0';
}

/* tmux hands the sequence behind "tmux;" on; every Esc in it is doubled. */
static void wrap_for_tmux(const struct buf *sequence, struct buf *out)
{
	buf_puts(out, "\033Ptmux;");
	for (size_t i = 0; i < sequence->size; i++) {
		if (sequence->text[i] == '\033')
			buf_putc(out, '\033');
		buf_putc(out, sequence->text[i]);
	}
	buf_puts(out, "\033\\");
}

static void wrap_for_screen(const struct buf *sequence, struct buf *out)
{
	for (size_t at = 0; at < sequence->size; at += SCREEN_PIECE) {
		const size_t left = sequence->size - at;
		buf_puts(out, "\033P");
		buf_add(out, sequence->text + at, left < SCREEN_PIECE ? left : SCREEN_PIECE);
		buf_puts(out, "\033\\");
	}
}

/*
 * Through ssh the variables of a multiplexer do not come along, its terminal type does. It may be screen's or that of a
 * tmux, which takes the plain sequence and passes over the wrapped one; screen does the opposite.
 */
static bool type_is_screen(void)
{
	const char *type = getenv("TERM");

	return type != NULL && strncmp(type, "screen", strlen("screen")) == 0;
}

static int write_all(int fd, const char *text, size_t size)
{
	while (size > 0) {
		const ssize_t done = write(fd, text, size);
		if (done < 0 && errno != EINTR)
			return -1;
		text += done > 0 ? done : 0;
		size -= done > 0 ? (size_t)done : 0;
	}
	return 0;
}

/* In the child: nothing of it may be seen on the screen. */
static _Noreturn void become_tmux(int in)
{
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	signal(SIGPIPE, SIG_DFL);
	if (null < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
		_exit(127);
	execlp("tmux", "tmux", "load-buffer", "-w", "-", (char *)NULL);
	_exit(127);
}

/* False when there is no such tmux (-w came with 3.2). */
static bool load_into_tmux(const char *text, size_t size)
{
	int pipes[2], status = -1;

	if (pipe2(pipes, O_CLOEXEC) != 0)
		return false;
	const pid_t pid = fork();
	if (pid == 0)
		become_tmux(pipes[0]);
	close(pipes[0]);
	const bool written = pid > 0 && write_all(pipes[1], text, size) == 0;
	close(pipes[1]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return written && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int write_to_terminal(const struct buf *sequence, struct err *err)
{
	const int fd = open("/dev/tty", O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_sys(err, errno, "/dev/tty");
	const int result = write_all(fd, sequence->text, sequence->size);
	const int error = errno;
	close(fd);
	return result != 0 ? err_sys(err, error, "/dev/tty") : 0;
}

int clip_copy(const char *text, size_t size, struct err *err)
{
	const bool in_tmux = is_set("TMUX"), in_screen = is_set("STY") && !in_tmux;
	const bool maybe_screen = !in_tmux && !in_screen && type_is_screen();
	struct buf sequence, wrapped;

	if (size > CLIP_MAX)
		return err_set(err, _("too long for a clipboard: %zu bytes, at most %zu"), size, CLIP_MAX);
	if (in_tmux && load_into_tmux(text, size))
		return 0;
	buf_init(&sequence, SEQUENCE_MAX);
	buf_init(&wrapped, SEQUENCE_MAX);
	buf_puts(&sequence, "\033]52;c;");
	add_base64(&sequence, text, size);
	buf_putc(&sequence, '\a');
	if (in_tmux)
		wrap_for_tmux(&sequence, &wrapped);
	if (!in_tmux && !in_screen)
		buf_add(&wrapped, sequence.text, sequence.size);
	if (in_screen || maybe_screen)
		wrap_for_screen(&sequence, &wrapped);
	const int result = write_to_terminal(&wrapped, err);
	buf_done(&sequence);
	buf_done(&wrapped);
	return result;
}
