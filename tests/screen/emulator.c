#include "emulator.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

static _Noreturn void fatal(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

double emulator_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void surprise(struct emulator *e, const char *what, const char *bytes, size_t size)
{
	if (e->surprise[0] != '\0')
		return;
	int used = snprintf(e->surprise, sizeof e->surprise, "%s", what);
	for (size_t i = 0; i < size && i < 60; i++)
		used += snprintf(e->surprise + used, sizeof e->surprise - (size_t)used,
		                 bytes[i] >= 0x20 && bytes[i] < 0x7f ? " %c" : " \\x%02x", (unsigned char)bytes[i]);
}

static int on_property(VTermProp property, VTermValue *value, void *context)
{
	struct emulator *e = context;

	switch (property) {
	case VTERM_PROP_ALTSCREEN:
		e->alternate = value->boolean;
		break;
	case VTERM_PROP_CURSORVISIBLE:
		e->cursor = value->boolean;
		break;
	case VTERM_PROP_TITLE:
	case VTERM_PROP_ICONNAME:
		surprise(e, "it set a title", "", 0);
		break;
	case VTERM_PROP_MOUSE:
		if (value->number != VTERM_PROP_MOUSE_NONE)
			surprise(e, "it switched the mouse on", "", 0);
		break;
	default:
		break;
	}
	return 1;
}

static int on_bell(void *context)
{
	surprise(context, "it rang the bell", "", 0);
	return 1;
}

static int on_control(unsigned char control, void *context)
{
	const char byte = (char)control;

	surprise(context, "control character", &byte, 1);
	return 1;
}

static int on_csi(const char *leader, const long args[], int count, const char *intermediate, char command,
                  void *context)
{
	char text[64];

	snprintf(text, sizeof text, "%s%ld(%d)%s%c", leader != NULL ? leader : "", count > 0 ? args[0] : -1L, count,
	         intermediate != NULL ? intermediate : "", command);
	/* What the terminal's description has and this emulator does not know, without any effect on what is seen: window
	   reports of xterm (t), saved private modes (?s, ?r). */
	if (command == 't' || ((command == 's' || command == 'r') && leader != NULL && leader[0] == '?'))
		return 1;
	surprise(context, "unknown sequence CSI ", text, strlen(text));
	return 1;
}

/* The emulator hands an OSC over in pieces: "52;c;..." may come in several. */
static int on_osc(const char *command, size_t size, void *context)
{
	struct emulator *e = context;

	if (e->sequence_size + size >= sizeof e->sequence)
		return 1;
	memcpy(e->sequence + e->sequence_size, command, size);
	e->sequence_size += size;
	e->sequence[e->sequence_size] = '\0';
	if (strncmp(e->sequence, "52;c;", 5) == 0)
		snprintf(e->clipboard, sizeof e->clipboard, "%s", e->sequence + 5);
	else
		surprise(e, "unknown OSC", e->sequence, e->sequence_size);
	e->sequence_size = 0;
	return 1;
}

static int on_dcs(const char *command, size_t size, void *context)
{
	surprise(context, "DCS", command, size);
	return 1;
}

static const VTermScreenCallbacks screen_callbacks = {.settermprop = on_property, .bell = on_bell};
static const VTermParserCallbacks fallbacks = {.control = on_control, .csi = on_csi, .osc = on_osc, .dcs = on_dcs};

static void on_answer(const char *bytes, size_t size, void *context)
{
	emulator_send(context, bytes, size);
}

/*
 * What a shell is to a program: the leader of the session, so that job control works (the kernel stops nobody in a process
 * group without a parent in the session). Ends as the program has ended.
 */
static _Noreturn void lead(int terminal, int tell, char **argv)
{
	const int keep = fcntl(terminal, F_DUPFD, 3);
	int status;

	if (keep < 0 || login_tty(keep) != 0)
		_exit(126);
	signal(SIGTTOU, SIG_IGN);
	const pid_t pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		tcsetpgrp(STDIN_FILENO, getpid());
		signal(SIGTTOU, SIG_DFL);
		fcntl(tell, F_SETFD, FD_CLOEXEC);
		execv(argv[0], argv);
		_exit(127);
	}
	if (write(tell, &pid, sizeof pid) != sizeof pid)
		_exit(126);
	close(tell);
	signal(SIGHUP, SIG_IGN);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (WIFSIGNALED(status)) {
		signal(WTERMSIG(status), SIG_DFL);
		raise(WTERMSIG(status));
	}
	_exit(WEXITSTATUS(status));
}

void emulator_start(struct emulator *e, int rows, int columns, char **argv)
{
	const struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};

	*e = (struct emulator){.rows = rows, .columns = columns, .cursor = true};
	e->vterm = vterm_new(rows, columns);
	vterm_set_utf8(e->vterm, strstr(getenv("LC_ALL"), "UTF-8") != NULL);
	vterm_output_set_callback(e->vterm, on_answer, e);
	e->screen = vterm_obtain_screen(e->vterm);
	vterm_screen_enable_altscreen(e->screen, 1);
	vterm_screen_set_callbacks(e->screen, &screen_callbacks, e);
	vterm_screen_set_unrecognised_fallbacks(e->screen, &fallbacks, e);
	vterm_screen_reset(e->screen, 1);

	char name[64];
	if (openpty(&e->fd, &e->spare, name, NULL, &size) != 0)
		fatal("openpty");
	fcntl(e->fd, F_SETFD, FD_CLOEXEC);
	fcntl(e->spare, F_SETFD, FD_CLOEXEC);
	tcgetattr(e->spare, &e->modes);
	int told[2];
	if (pipe(told) != 0)
		fatal("pipe");
	e->leader = fork();
	if (e->leader < 0)
		fatal("fork");
	if (e->leader == 0)
		lead(e->spare, told[1], argv);
	close(told[1]);
	if (read(told[0], &e->pid, sizeof e->pid) != sizeof e->pid)
		fatal("no program was started");
	close(told[0]);
	fcntl(e->fd, F_SETFL, O_NONBLOCK);
}

static void look_for_end(struct emulator *e)
{
	if (e->leader != 0 && !e->ended && waitpid(e->leader, &e->status, WNOHANG) == e->leader)
		e->ended = true;
}

void emulator_done(struct emulator *e)
{
	if (e->vterm == NULL)
		return;
	look_for_end(e);
	if (e->leader != 0 && !e->ended) {
		kill(e->pid, SIGTERM);
		kill(e->pid, SIGCONT);
		for (int i = 0; i < 100 && !e->ended; i++) {
			emulator_read(e, 0.05);
			look_for_end(e);
		}
		if (!e->ended) {
			kill(e->pid, SIGKILL);
			waitpid(e->leader, &e->status, 0);
		}
	}
	if (e->fd >= 0)
		close(e->fd);
	close(e->spare);
	vterm_free(e->vterm);
	*e = (struct emulator){.fd = -1};
}

bool emulator_read(struct emulator *e, double seconds)
{
	char bytes[16384];
	struct pollfd fd = {.fd = e->fd, .events = POLLIN};

	if (e->fd < 0 || poll(&fd, 1, (int)(seconds * 1000)) <= 0) {
		look_for_end(e);
		return false;
	}
	const ssize_t size = read(e->fd, bytes, sizeof bytes);
	if (size <= 0) {
		look_for_end(e);
		return false;
	}
	e->bytes += (size_t)size;
	if (e->raw_size + (size_t)size >= sizeof e->raw)
		e->raw_size = 0;
	memcpy(e->raw + e->raw_size, bytes, (size_t)size);
	e->raw_size += (size_t)size;
	e->raw[e->raw_size] = '\0';
	/* A mode that the emulator keeps to itself; it is sent whole. */
	const char *const on = "\033[?2004h", *const off = "\033[?2004l";
	if (memmem(bytes, (size_t)size, on, strlen(on)) != NULL)
		e->paste = true;
	if (memmem(bytes, (size_t)size, off, strlen(off)) != NULL)
		e->paste = false;
	vterm_input_write(e->vterm, bytes, (size_t)size);
	vterm_screen_flush_damage(e->screen);
	return true;
}

void emulator_send(struct emulator *e, const char *bytes, size_t size)
{
	const double until = emulator_now() + 10;

	while (size > 0 && e->fd >= 0 && emulator_now() < until) {
		const ssize_t done = write(e->fd, bytes, size);
		if (done > 0) {
			bytes += done;
			size -= (size_t)done;
		} else if (done < 0 && errno == EAGAIN) {
			emulator_read(e, 0.05); /* it may wait for us, as we for it */
		} else {
			return;
		}
	}
}

bool emulator_has_input(const struct emulator *e)
{
	int unread = 0;

	return e->fd >= 0 && !e->ended && ioctl(e->spare, FIONREAD, &unread) == 0 && unread > 0;
}

void emulator_resize(struct emulator *e, int rows, int columns)
{
	const struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};

	e->rows = rows;
	e->columns = columns;
	vterm_set_size(e->vterm, rows, columns);
	ioctl(e->fd, TIOCSWINSZ, &size);
}

static size_t put_utf8(uint32_t c, char *out)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

char *emulator_text(const struct emulator *e)
{
	char *text = malloc((size_t)e->rows * (size_t)(e->columns * VTERM_MAX_CHARS_PER_CELL * 4 + 1) + 1);
	size_t size = 0, end = 0;

	if (text == NULL)
		fatal("memory");
	for (int row = 0; row < e->rows; row++) {
		size_t line_end = size;
		for (int column = 0; column < e->columns; column++) {
			VTermScreenCell cell;
			vterm_screen_get_cell(e->screen, (VTermPos){.row = row, .col = column}, &cell);
			if (cell.chars[0] == (uint32_t)-1)
				continue; /* the right half of a wide character */
			if (cell.chars[0] == 0)
				text[size++] = ' ';
			for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0; i++)
				size += put_utf8(cell.chars[i], text + size);
			if (cell.chars[0] != 0 && cell.chars[0] != ' ')
				line_end = size;
		}
		size = line_end;
		text[size++] = '\n';
		if (line_end > 0 && text[size - 1] == '\n' && size > 1 && text[size - 2] != '\n')
			end = size;
	}
	text[end] = '\0';
	return text;
}

bool emulator_has_colour(const struct emulator *e)
{
	for (int row = 0; row < e->rows; row++) {
		for (int column = 0; column < e->columns; column++) {
			VTermScreenCell cell;
			vterm_screen_get_cell(e->screen, (VTermPos){.row = row, .col = column}, &cell);
			if (!VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) || !VTERM_COLOR_IS_DEFAULT_BG(&cell.bg))
				return true;
		}
	}
	return false;
}

int emulator_marked_row(const struct emulator *e)
{
	for (int row = 0; row < e->rows; row++) {
		VTermScreenCell cell;
		for (int column = 0; column < 4; column++) {
			vterm_screen_get_cell(e->screen, (VTermPos){.row = row, .col = column}, &cell);
			if (cell.attrs.reverse)
				return row;
		}
	}
	return -1;
}

const char *emulator_leftover(const struct emulator *e)
{
	struct termios now;

	if (e->alternate)
		return "the alternate screen is still there";
	if (!e->cursor)
		return "the cursor is hidden";
	if (e->paste)
		return "bracketed paste is still on";
	if (tcgetattr(e->spare, &now) != 0)
		return "the terminal is gone";
	if (now.c_lflag != e->modes.c_lflag || now.c_iflag != e->modes.c_iflag || now.c_oflag != e->modes.c_oflag)
		return "its modes are not what they were";
	return NULL;
}
