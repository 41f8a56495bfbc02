#include "terminal.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "key.h"
#include "ncursesw.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#define ESCAPE_WAIT_MS 25 /* how long an Esc may turn out to be the start of a key */
#define PASTE_ON       "\033[?2004h"
#define PASTE_OFF      "\033[?2004l"
#define PASTE_BEGINS   "\033[200~"
#define PASTE_ENDS     "\033[201~"

static const int crashes[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGQUIT}; /* Ctrl-\ wants a core dump, too */
static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT, SIGWINCH};

#define CRASH_COUNT  (sizeof crashes / sizeof crashes[0])
#define SIGNAL_COUNT (sizeof signals / sizeof signals[0])

static SCREEN *screen;
static struct termios saved;
static char name[64];      /* of the terminal type in use */
static char farewell[512]; /* what gives the screen back */
static size_t farewell_size;
static volatile sig_atomic_t taken; /* the terminal is not as we found it */
static int wake[2] = {-1, -1};
static bool has_colour, has_paste;
static struct sigaction old_crashes[CRASH_COUNT], old_signals[SIGNAL_COUNT];
static void *crash_stack;

/* Whether the type is known and its cursor can be moved. */
static bool type_is_usable(const char *type)
{
	int known;

	if (setupterm(type, STDOUT_FILENO, &known) != OK)
		return false;
	const char *move = tigetstr("cup");
	const bool usable = move != NULL && move != (char *)-1;
	del_curterm(cur_term);
	return usable;
}

static bool type_is_known(const char *type)
{
	int known;

	if (setupterm(type, STDOUT_FILENO, &known) != OK)
		return false;
	del_curterm(cur_term);
	return true;
}

bool terminal_is_usable(char **notice)
{
	static const char *const others[] = {"xterm-256color", "vt100"};
	const char *type = getenv("TERM");
	char clean[40];

	*notice = NULL;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || type == NULL || *type == '\0')
		return false;
	if (strlen(type) < sizeof name && type_is_known(type)) {
		memcpy(name, type, strlen(type) + 1);
		return type_is_usable(type);
	}
	text_clean(type, strlen(type), clean, sizeof clean);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		if (!type_is_usable(others[i]))
			continue;
		memcpy(name, others[i], strlen(others[i]) + 1);
		*notice = xasprintf(_("TERM=%s is not known on this machine; taken for %s"), clean, name);
		return true;
	}
	*notice = xasprintf(_("TERM=%s is not known on this machine; line by line instead"), clean);
	return false;
}

/* A capability without its padding, "$<5>", which only very old terminals want. */
static void add_capability(const char *capability)
{
	const char *text = tigetstr(capability);

	if (text == NULL || text == (char *)-1)
		return;
	for (; *text != '\0' && farewell_size < sizeof farewell; text++) {
		if (strncmp(text, "$<", 2) == 0 && strchr(text, '>') != NULL)
			text = strchr(text, '>');
		else
			farewell[farewell_size++] = *text;
	}
}

static void prepare_farewell(void)
{
	farewell_size = 0;
	if (has_paste) {
		memcpy(farewell, PASTE_OFF, strlen(PASTE_OFF));
		farewell_size = strlen(PASTE_OFF);
	}
	add_capability("sgr0");
	add_capability("rmkx");
	add_capability("rmcup");
	add_capability("cnorm");
}

/* Only what is safe in a handler. What cannot be written is nobody's concern any more. */
static void give_back(void)
{
	size_t done = 0;

	while (done < farewell_size) {
		ssize_t size = write(STDOUT_FILENO, farewell + done, farewell_size - done);
		if (size <= 0)
			break;
		done += (size_t)size;
	}
	tcsetattr(STDIN_FILENO, TCSANOW, &saved);
}

static void on_crash(int number)
{
	if (taken) {
		taken = 0;
		give_back();
	}
	for (size_t i = 0; i < CRASH_COUNT; i++)
		if (crashes[i] == number)
			sigaction(number, &old_crashes[i], NULL);
	raise(number); /* pending until we return: whoever had it before, or the kernel, ends the program */
}

static void on_signal(int number)
{
	const int error = errno;
	const unsigned char byte = (unsigned char)number;

	if (write(wake[1], &byte, 1) < 0)
		errno = error; /* the pipe is full: there is enough to wake up for */
	errno = error;
}

static void catch_signals(void)
{
	const size_t size = (size_t)SIGSTKSZ < 65536 ? 65536 : (size_t)SIGSTKSZ;
	struct sigaction crash = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK};
	struct sigaction other = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	crash_stack = xmalloc(size);
	const stack_t stack = {.ss_sp = crash_stack, .ss_size = size};
	if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) != 0)
		die("cannot make a pipe for signals");
	if (sigaltstack(&stack, NULL) != 0)
		die("cannot set a stack for signals");
	sigemptyset(&crash.sa_mask);
	sigemptyset(&other.sa_mask);
	for (size_t i = 0; i < CRASH_COUNT; i++)
		sigaction(crashes[i], &crash, &old_crashes[i]);
	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		sigaction(signals[i], &other, &old_signals[i]);
}

static void release_signals(void)
{
	const stack_t none = {.ss_flags = SS_DISABLE};

	for (size_t i = 0; i < CRASH_COUNT; i++)
		sigaction(crashes[i], &old_crashes[i], NULL);
	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		sigaction(signals[i], &old_signals[i], NULL);
	sigaltstack(&none, NULL);
	free(crash_stack);
	crash_stack = NULL;
	close(wake[0]);
	close(wake[1]);
}

/* Colour is an extra: whoever sets NO_COLOR (no-color.org) or has none misses nothing. */
static void start_colours(void)
{
	const char *unwanted = getenv("NO_COLOR");

	has_colour = (unwanted == NULL || *unwanted == '\0') && has_colors() && start_color() == OK &&
	             use_default_colors() == OK;
}

/* Terminals that bracket pasted text say so in their description, or are of a family that does. */
static bool brackets_paste(void)
{
	static const char *const families[] = {"xterm", "screen", "tmux", "rxvt"};
	const char *capability = tigetstr("BE");

	if (capability != NULL && capability != (char *)-1)
		return true;
	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
		if (strncmp(name, families[i], strlen(families[i])) == 0)
			return true;
	return false;
}

static void write_mode(const char *sequence)
{
	if (has_paste) {
		fputs(sequence, stdout);
		fflush(stdout);
	}
}

/* Ctrl-S and Ctrl-Q are keys here: a screen that stands still for no reason to be seen helps nobody. */
static void free_flow_keys(void)
{
	struct termios modes;

	if (tcgetattr(STDIN_FILENO, &modes) != 0)
		return;
	modes.c_iflag &= (tcflag_t)~IXON;
	tcsetattr(STDIN_FILENO, TCSANOW, &modes);
	def_prog_mode();
}

int terminal_start(struct err *err)
{
	if (tcgetattr(STDIN_FILENO, &saved) != 0)
		return err_sys(err, errno, "%s", _("the terminal"));
	catch_signals();
	set_escdelay(ESCAPE_WAIT_MS);
	screen = newterm(name, stdout, stdin);
	if (screen == NULL) {
		release_signals();
		return err_set(err, _("the terminal %s cannot be used"), name);
	}
	has_paste = brackets_paste();
	prepare_farewell();
	taken = 1;
	die_hook = terminal_stop;
	cbreak();
	noecho();
	nonl();
	free_flow_keys();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	leaveok(stdscr, FALSE);
	curs_set(0);
	start_colours();
	define_key(PASTE_BEGINS, KEY_PASTE_BEGINS);
	define_key(PASTE_ENDS, KEY_PASTE_ENDS);
	write_mode(PASTE_ON);
	terminal_resize();
	return 0;
}

void terminal_stop(void)
{
	if (screen == NULL)
		return;
	die_hook = NULL;
	write_mode(PASTE_OFF);
	curs_set(1);
	endwin();
	taken = 0;
	delscreen(screen);
	screen = NULL;
	tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	release_signals();
}

int terminal_signal_fd(void)
{
	return wake[0];
}

int terminal_next_signal(void)
{
	unsigned char byte;

	return read(wake[0], &byte, 1) == 1 ? byte : 0;
}

void terminal_suspend(void)
{
	struct sigaction plain = {.sa_handler = SIG_DFL}, own;

	write_mode(PASTE_OFF);
	curs_set(1);
	def_prog_mode();
	endwin();
	taken = 0;
	sigemptyset(&plain.sa_mask);
	sigaction(SIGTSTP, &plain, &own);
	raise(SIGTSTP);
	/* Here it goes on, after SIGCONT. */
	sigaction(SIGTSTP, &own, NULL);
	reset_prog_mode();
	taken = 1;
	curs_set(0);
	write_mode(PASTE_ON);
	terminal_resize();
	terminal_redraw();
}

void terminal_resize(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
		return;
	if (size.ws_row != LINES || size.ws_col != COLS)
		resizeterm(size.ws_row, size.ws_col);
}

void terminal_redraw(void)
{
	clearok(curscr, TRUE);
}

bool terminal_has_colour(void)
{
	return has_colour;
}
