/*
 * play FILE - plays a screen test: runs smtpdx in an emulated terminal, sends keys, looks at the screen
 *
 * The language of the files is described in tests/README. Each expectation is one test in the output (TAP).
 */
#include "emulator.h"
#include "picture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_SIZE 4096
#define ARGS_MAX  64
#define DEPTH_MAX 4
#define WAIT_S    10.0  /* for what must come, unless told otherwise */
#define SLOW      10.0  /* times longer under valgrind */
#define SETTLE_S  0.012 /* without output, twice: what was to be drawn is drawn */
#define STRING(c) ((const char[2]){(char)(c), '\0'})

static struct emulator emulator = {.fd = -1};
static int rows = 24, columns = 80;
static int tests, failures;
static const char *where = ""; /* file of the line that is played */
static int line_number;
static char variant[64];  /* goes before the names of pictures */
static size_t raw_at_key; /* where in what came the answer to the last key begins */
static double wait_s = WAIT_S;

static _Noreturn void usage(const char *why, const char *word)
{
	printf("Bail out! %s:%d: %s: %s\n", where, line_number, why, word);
	emulator_done(&emulator);
	exit(1);
}

static bool is_slow(void)
{
	const char *slow = getenv("SMTPDX_SLOW");

	return slow != NULL && *slow != '\0';
}

static double patience(void)
{
	return is_slow() ? wait_s * SLOW : wait_s;
}

/* The next number or word of an argument, which moves past it and the blanks behind. */
static double take_number(char **argument)
{
	char *end;
	const double number = strtod(*argument, &end);

	if (end == *argument)
		usage("expected a number", *argument);
	*argument = end + strspn(end, " ");
	return number;
}

static const char *take_word(char **argument)
{
	char *word = *argument, *end = word + strcspn(word, " ");

	*argument = end + strspn(end, " ");
	*end = '\0';
	return word;
}

static void show_screen(void)
{
	char *text = emulator_text(&emulator);

	printf("# the screen:\n");
	for (char *line = text; *line != '\0';) {
		const size_t size = strcspn(line, "\n");
		printf("#   |%.*s\n", (int)size, line);
		line += size + (line[size] == '\n');
	}
	free(text);
}

static void result(bool good, const char *what, const char *argument)
{
	tests++;
	failures += !good;
	printf("%s %d - %s:%d: %s %s\n", good ? "ok" : "not ok", tests, where, line_number, what, argument);
	if (!good)
		show_screen();
}

/* The screen with line ends as blanks, so that a text is found that was broken. */
static bool screen_has(const char *wanted, bool across_lines)
{
	char *text = emulator_text(&emulator);

	if (across_lines) {
		char *to = text;
		for (const char *from = text; *from != '\0'; from++)
			if (to == text || (*from != ' ' && *from != '\n') || to[-1] != ' ')
				*to++ = *from == '\n' ? ' ' : *from;
		*to = '\0';
	}
	const bool found = strstr(text, wanted) != NULL;
	free(text);
	return found;
}

/* What the kernel says about the program: S, it waits; R, it runs; T, it was stopped. */
static char process_state(void)
{
	char path[64], text[1024] = "";

	snprintf(path, sizeof path, "/proc/%d/stat", (int)emulator.pid);
	FILE *file = fopen(path, "r");
	if (file == NULL)
		return '\0';
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	fclose(file);
	const char *behind = strrchr(text, ')');
	return behind != NULL && behind[1] == ' ' ? behind[2] : '\0';
}

/*
 * What was to be drawn is drawn: the program waits again, and nothing more comes. On a busy machine that may be so because a
 * key has not reached it yet: whatever is expected of the screen is therefore waited for as well.
 */
static void settle(void)
{
	const double until = emulator_now() + 2;

	for (int quiet = 0; quiet < 2 && emulator_now() < until;)
		quiet = emulator_read(&emulator, SETTLE_S) || process_state() == 'R' || emulator_has_input(&emulator)
		            ? 0
		            : quiet + 1;
}

/* Whether it holds, now or before patience is over; what the program writes meanwhile is taken in. */
static bool wait_until(bool (*holds)(const char *argument), const char *argument)
{
	const double began = emulator_now();

	while (!holds(argument)) {
		emulator_read(&emulator, 0.05);
		if (emulator_now() > began + (emulator.ended ? 1 : patience()))
			return holds(argument);
	}
	return true;
}

static bool is_there(const char *text)
{
	return screen_has(text, true);
}

static bool is_gone(const char *text)
{
	return !screen_has(text, true);
}

static void do_wait(char *argument)
{
	if (!wait_until(is_there, argument))
		result(false, "wait", argument);
	settle();
}

static void do_see(char *argument)
{
	result(wait_until(is_there, argument), "see", argument);
	settle();
}

static void do_gone(char *argument)
{
	result(wait_until(is_gone, argument), "gone", argument);
	settle();
}

static void do_not(char *argument)
{
	settle();
	result(wait_until(is_gone, argument), "not", argument);
}

/* Also what something else has taken the place of since: it is looked for in what was sent. */
static bool was_there(const char *text)
{
	const char *since = emulator.raw + (raw_at_key <= emulator.raw_size ? raw_at_key : 0);

	return is_there(text) || strstr(since, text) != NULL;
}

static void do_shown(char *argument)
{
	result(wait_until(was_there, argument), "shown", argument);
	settle();
}

static void do_size(char *argument)
{
	columns = (int)take_number(&argument);
	rows = (int)take_number(&argument);
}

static void do_resize(char *argument)
{
	do_size(argument);
	emulator_resize(&emulator, rows, columns);
	usleep(20000);
	settle();
}

/* $NAME in a text is the environment's. Into the caller's room. */
static void expand(const char *text, char *out, size_t room)
{
	size_t size = 0;

	while (*text != '\0' && size + 1 < room) {
		if (*text != '$') {
			out[size++] = *text++;
			continue;
		}
		char name[64];
		const size_t length = strspn(text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
		snprintf(name, sizeof name, "%.*s", (int)length, text + 1);
		const char *value = getenv(name);
		size += (size_t)snprintf(out + size, room - size, "%s", value != NULL ? value : "");
		text += length + 1;
	}
	out[size < room ? size : room - 1] = '\0';
}

static void do_env(char *argument)
{
	char *value = strchr(argument, '=');

	if (value == NULL) {
		unsetenv(argument);
		return;
	}
	char expanded[LINE_SIZE];
	*value = '\0';
	expand(value + 1, expanded, sizeof expanded);
	setenv(argument, expanded, 1);
}

static size_t split(char *text, char **words)
{
	size_t count = 0;
	char *save = NULL;

	for (char *word = strtok_r(text, " ", &save); word != NULL; word = strtok_r(NULL, " ", &save)) {
		if (count == ARGS_MAX - 2)
			usage("too many words", word);
		words[count++] = word;
	}
	words[count] = NULL;
	return count;
}

static void do_start(char *argument)
{
	char *argv[ARGS_MAX] = {getenv("SMTPDX")};

	if (argv[0] == NULL)
		usage("no program: SMTPDX is not set", argument);
	char expanded[LINE_SIZE];
	expand(argument, expanded, sizeof expanded);
	split(expanded, argv + 1);
	emulator_done(&emulator);
	emulator_start(&emulator, rows, columns, argv);
}

static const struct {
	const char *name, *bytes;
} keys[] = {
    {"Up", "\033[A"},      {"Down", "\033[B"},         {"Right", "\033[C"}, {"Left", "\033[D"},
    {"Home", "\033[H"},    {"End", "\033[F"},          {"PgUp", "\033[5~"}, {"PgDn", "\033[6~"},
    {"Delete", "\033[3~"}, {"F1", "\033OP"},           {"Enter", "\r"},     {"Tab", "\t"},
    {"Esc", "\033"},       {"Backspace", "\177"},      {"Space", " "},      {"Strange", "\033[57~"},
    {"Esc+q", "\033q"},    {"Esc+Down", "\033\033OB"},
};

/* With the keypad in its application mode, as xterm sends them. */
static void send_key(const char *name)
{
	char bytes[8];

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		if (strcmp(keys[i].name, name) != 0)
			continue;
		snprintf(bytes, sizeof bytes, "%s", keys[i].bytes);
		if (bytes[0] == '\033' && bytes[1] == '[' && strchr("ABCDHF", bytes[2]) != NULL && bytes[3] == '\0')
			bytes[1] = 'O';
		emulator_send(&emulator, bytes, strlen(bytes));
		return;
	}
	if (strncmp(name, "C-", 2) == 0 && name[2] != '\0' && name[3] == '\0')
		emulator_send(&emulator, STRING(name[2] & 0x1f), 1);
	else if (strlen(name) == 1 || ((unsigned char)name[0] >= 0xc0 && strlen(name) <= 4))
		emulator_send(&emulator, name, strlen(name));
	else
		usage("no such key", name);
}

static void do_key(char *argument)
{
	char *words[ARGS_MAX];
	const size_t count = split(argument, words);

	for (size_t i = 0; i < count; i++) {
		raw_at_key = emulator.raw_size;
		send_key(words[i]);
		settle();
	}
}

static void do_type(char *argument)
{
	char expanded[LINE_SIZE];

	expand(argument, expanded, sizeof expanded);
	emulator_send(&emulator, expanded, strlen(expanded));
	settle();
}

/* Bracketed, as a terminal sends it where that is switched on; \n in the text is a line end. */
static void do_paste(char *argument)
{
	char text[LINE_SIZE] = "";
	size_t size = 0;

	for (const char *from = argument; *from != '\0'; from++) {
		if (strncmp(from, "\\n", 2) == 0 || strncmp(from, "\\e", 2) == 0)
			text[size++] = *++from == 'n' ? '\r' : '\033';
		else
			text[size++] = *from;
	}
	if (emulator.paste)
		emulator_send(&emulator, "\033[200~", 6);
	emulator_send(&emulator, text, size);
	if (emulator.paste)
		emulator_send(&emulator, "\033[201~", 6);
	settle();
}

static void do_mask(char *argument)
{
	picture_mask(argument);
}

/* The screen as text, for the script that plays. */
static void do_save(char *argument)
{
	char *text = emulator_text(&emulator);
	FILE *file = fopen(argument, "w");

	if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
		usage("cannot be written", argument);
	free(text);
}

static bool shows_picture(const char *name)
{
	char *text = emulator_text(&emulator);
	const bool same = picture_matches(name, text, false);

	free(text);
	return same;
}

static void do_picture(char *argument)
{
	char name[256];

	snprintf(name, sizeof name, "%s%s", variant, argument);
	settle();
	if (!picture_accepts())
		wait_until(shows_picture, name);
	char *text = emulator_text(&emulator);
	tests++;
	const bool good = picture_matches(name, text, true);
	failures += !good;
	printf("%s %d - %s:%d: picture %s\n", good ? "ok" : "not ok", tests, where, line_number, name);
	free(text);
}

static void do_variant(char *argument)
{
	snprintf(variant, sizeof variant, "%s", argument);
}

static int signal_number(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = {{"TERM", SIGTERM}, {"HUP", SIGHUP},   {"INT", SIGINT},   {"SEGV", SIGSEGV}, {"ABRT", SIGABRT},
	               {"BUS", SIGBUS},   {"KILL", SIGKILL}, {"CONT", SIGCONT}, {"TSTP", SIGTSTP}, {"QUIT", SIGQUIT}};

	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
		if (strcmp(signals[i].name, name) == 0)
			return signals[i].number;
	usage("no such signal", name);
}

static void do_signal(char *argument)
{
	kill(emulator.pid, signal_number(argument));
	settle();
}

/* Ended: "status 1" or "signal TERM". */
static void do_ended(char *argument)
{
	const double until = emulator_now() + patience();
	char how[32];

	while (!emulator.ended && emulator_now() < until)
		emulator_read(&emulator, 0.05);
	settle();
	if (!emulator.ended)
		snprintf(how, sizeof how, "not at all");
	else if (WIFSIGNALED(emulator.status))
		snprintf(how, sizeof how, "signal %d", WTERMSIG(emulator.status));
	else
		snprintf(how, sizeof how, "status %d", WEXITSTATUS(emulator.status));
	if (strncmp(argument, "signal ", 7) == 0) {
		char wanted[32];
		snprintf(wanted, sizeof wanted, "signal %d", signal_number(argument + 7));
		result(strcmp(how, wanted) == 0 || (is_slow() && emulator.ended), "ended", argument);
	} else {
		result(strcmp(how, argument) == 0, "ended", argument);
	}
	printf("# ended: %s\n", how);
}

/* Stopped by job control. */
static void do_stopped(char *argument)
{
	const double until = emulator_now() + patience();

	while (process_state() != 'T' && emulator_now() < until)
		emulator_read(&emulator, 0.05);
	result(process_state() == 'T', "stopped", argument);
}

static void do_restored(char *argument)
{
	settle();
	const char *leftover = emulator_leftover(&emulator);
	result(leftover == NULL, "restored", argument);
	if (leftover != NULL)
		printf("# %s\n", leftover);
}

static void do_meant(char *argument)
{
	result(emulator.surprise[0] == '\0', "meant", argument);
	if (emulator.surprise[0] != '\0')
		printf("# it was not meant: %s\n", emulator.surprise);
}

static bool has_copied(const char *base64)
{
	return strcmp(emulator.clipboard, base64) == 0;
}

static void do_clipboard(char *argument)
{
	result(wait_until(has_copied, argument), "clipboard", argument);
	printf("# clipboard: %s\n", emulator.clipboard);
}

static bool has_sent(const char *bytes)
{
	return strstr(emulator.raw, bytes) != NULL;
}

/* passthrough TEXT: a sequence was wrapped so that a multiplexer hands it on; \e in the text is an Esc. */
static void do_passthrough(char *argument)
{
	char wanted[LINE_SIZE];
	size_t size = 0;

	for (const char *from = argument; *from != '\0'; from++) {
		const bool escape = strncmp(from, "\\e", 2) == 0;
		wanted[size++] = escape ? '\033' : *from;
		from += escape;
	}
	wanted[size] = '\0';
	result(wait_until(has_sent, wanted), "passthrough", argument);
}

/* traffic SECONDS BYTES: no more than that is sent meanwhile. */
static void do_traffic(char *argument)
{
	const double seconds = take_number(&argument);
	const size_t most = (size_t)take_number(&argument);
	const size_t before = emulator.bytes;
	const double until = emulator_now() + seconds;
	for (double now; (now = emulator_now()) < until;)
		emulator_read(&emulator, until - now);
	result(emulator.bytes - before <= most, "traffic", argument);
	printf("# traffic: %zu bytes in %.1f s\n", emulator.bytes - before, seconds);
}

static double cpu_seconds(void)
{
	char path[64], text[1024] = "";
	unsigned long ticks = 0;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)emulator.pid);
	FILE *file = fopen(path, "r");
	if (file == NULL)
		return 0;
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	fclose(file);
	/* Behind the name in brackets: eleven members, then user and system time (proc(5)). */
	char *at = strrchr(text, ')');
	for (int i = 0; at != NULL && i < 13; i++) {
		at = strchr(at + 1, ' ');
		if (at != NULL && i >= 11)
			ticks += strtoul(at + 1, NULL, 10);
	}
	return (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

/* idle SECONDS CPU: no more than that much time of the processor is used meanwhile. */
static void do_idle(char *argument)
{
	const double seconds = take_number(&argument), most = take_number(&argument);
	const double before = cpu_seconds(), until = emulator_now() + seconds;
	for (double now; (now = emulator_now()) < until;)
		emulator_read(&emulator, until - now);
	result(cpu_seconds() - before <= most || is_slow(), "idle", argument);
	printf("# idle: %.3f s of the processor in %.1f s\n", cpu_seconds() - before, seconds);
}

/* quick MILLISECONDS KEY TEXT: that key, and the text is there in time. The best of three, on a busy machine. */
static void do_quick(char *argument)
{
	const double limit = take_number(&argument);
	const char *key = take_word(&argument), *other = take_word(&argument);
	double best = 1e9;

	for (int i = 0; i < 3; i++) {
		const size_t before = emulator.bytes;
		const double sent = emulator_now();
		send_key(i % 2 == 0 ? key : other);
		while (emulator.bytes == before && emulator_now() < sent + patience())
			emulator_read(&emulator, 0.5);
		const double took = emulator_now() - sent;
		best = took < best ? took : best;
		settle();
	}
	result(best * 1000 <= limit || is_slow(), "quick", argument);
	printf("# quick: %.1f ms\n", best * 1000);
}

/* first MILLISECONDS TEXT: the program that was just started shows it in time. */
static void do_first(char *argument)
{
	char *argv[] = {getenv("SMTPDX"), NULL};
	const double limit = take_number(&argument);
	double best = 1e9;

	for (int i = 0; i < 3 && best * 1000 > limit; i++) {
		emulator_done(&emulator);
		const double began = emulator_now();
		emulator_start(&emulator, rows, columns, argv);
		while (!screen_has(argument, true) && emulator_now() < began + patience())
			emulator_read(&emulator, 0.5);
		const double took = emulator_now() - began;
		best = took < best ? took : best;
	}
	result(best * 1000 <= limit || is_slow(), "first", argument);
	printf("# first: %.1f ms\n", best * 1000);
}

/* patience SECONDS: that long it may take until what must come is there. */
static void do_patience(char *argument)
{
	wait_s = take_number(&argument);
}

static bool has_colour_as(const char *wanted)
{
	return emulator_has_colour(&emulator) == (strcmp(wanted, "yes") == 0);
}

static void do_colour(char *argument)
{
	result(wait_until(has_colour_as, argument), "colour", argument);
}

static bool marks(const char *wanted)
{
	char *text = emulator_text(&emulator), *line = text;
	const int row = emulator_marked_row(&emulator);

	for (int i = 0; i < row && line != NULL; i++)
		line = strchr(line, '\n') != NULL ? strchr(line, '\n') + 1 : NULL;
	if (line != NULL)
		line[strcspn(line, "\n")] = '\0';
	const bool marked = row >= 0 && line != NULL && strstr(line, wanted) != NULL;
	free(text);
	return marked;
}

/* The row that is marked has the text. */
static void do_marked(char *argument)
{
	result(wait_until(marks, argument), "marked", argument);
}

/* shell COMMAND: it ends with status 0. What it says is a remark. */
static void do_shell(char *argument)
{
	const pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", argument, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	result(status == 0, "shell", argument);
}

/* fast: what follows takes too long under valgrind. */
static bool stop_playing;

static void do_fast(char *argument)
{
	(void)argument;
	stop_playing = is_slow();
	if (stop_playing)
		printf("# %s: the rest is left out under valgrind\n", where);
}

static void play(const char *path, int depth);

static void do_include(char *argument)
{
	char path[LINE_SIZE];
	const char *slash = strrchr(where, '/');
	const char *back = where;
	const int line = line_number;

	snprintf(path, sizeof path, "%.*s%s", slash != NULL ? (int)(slash - where) + 1 : 0, where, argument);
	play(path, 1);
	where = back;
	line_number = line;
}

static const struct {
	const char *name;
	void (*run)(char *argument);
} commands[] = {
    {"size", do_size},         {"resize", do_resize},
    {"env", do_env},           {"start", do_start},
    {"wait", do_wait},         {"see", do_see},
    {"shown", do_shown},       {"gone", do_gone},
    {"not", do_not},           {"key", do_key},
    {"type", do_type},         {"paste", do_paste},
    {"picture", do_picture},   {"save", do_save},
    {"mask", do_mask},         {"variant", do_variant},
    {"signal", do_signal},     {"ended", do_ended},
    {"stopped", do_stopped},   {"restored", do_restored},
    {"meant", do_meant},       {"traffic", do_traffic},
    {"idle", do_idle},         {"quick", do_quick},
    {"first", do_first},       {"colour", do_colour},
    {"marked", do_marked},     {"shell", do_shell},
    {"include", do_include},   {"clipboard", do_clipboard},
    {"fast", do_fast},         {"passthrough", do_passthrough},
    {"patience", do_patience},
};

static void play_line(char *line)
{
	line[strcspn(line, "\n")] = '\0';
	if (line[0] == '\0' || line[0] == '#')
		return;
	char *argument = line + strcspn(line, " ");
	if (*argument != '\0')
		*argument++ = '\0';
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		if (strcmp(commands[i].name, line) == 0) {
			commands[i].run(argument);
			return;
		}
	}
	usage("no such command", line);
}

static void play(const char *path, int depth)
{
	char line[LINE_SIZE];
	FILE *file = fopen(path, "r");

	where = path;
	line_number = 0;
	if (file == NULL || depth > DEPTH_MAX)
		usage("cannot be read", path);
	while (!stop_playing && fgets(line, sizeof line, file) != NULL) {
		line_number++;
		play_line(line);
	}
	fclose(file);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: play FILE\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	setenv("LC_ALL", "C.UTF-8", 0);
	play(argv[1], 0);
	emulator_done(&emulator);
	printf("1..%d\n", tests);
	return failures > 0;
}
