/*
 * smtpdx - why does this mail time out, or get a 421, and what do I type to fix it?
 */
#include "verbs.h"

#include "base/i18n.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

const struct verb verbs[] = {
    {"check", N_("TARGET"), N_("all live checks without questions, then the report"), verb_check},
    {"explain", N_("FILE...|-"), N_("logs, transcripts, bounces, errors: what they say"), verb_explain},
    {"walk", N_("NAME|FILE [k=v...]"), N_("a walkthrough, step by step; no NAME: lists them"), verb_walk},
    {"probe", N_("CHECK TARGET|FILE"), N_("one check, as JSON lines on standard output"), verb_probe},
    {"capture", N_("TARGET"), N_("records port 25 while mail hangs, then explains it"), verb_capture},
    {"report", N_("CASE.json"), N_("a saved case again, in any format"), verb_report},
    {"demo", N_("[SCENARIO]"), N_("a check of the embedded faulty mail server"), verb_demo},
    {"help", N_("[TOPIC]"), N_("this text, or a topic: smtpdx help topics"), verb_help},
    {0},
};

int fail(int status, const char *format, ...)
{
	va_list args;
	char raw[1024], clean[2048];

	va_start(args, format);
	if (vsnprintf(raw, sizeof raw, format, args) < 0)
		raw[0] = '\0';
	va_end(args);
	fprintf(stderr, "smtpdx: %s\n", text_clean(raw, strlen(raw), clean, sizeof clean));
	return status;
}

static const struct verb *find_verb(const char *name)
{
	for (const struct verb *verb = verbs; verb->name != NULL; verb++)
		if (strcmp(verb->name, name) == 0)
			return verb;
	return NULL;
}

/* What can only be a mail host or address, and no mistyped command. */
static bool is_target(const char *word)
{
	struct target target;

	if (strpbrk(word, ".:@") == NULL || target_parse(word, &target, NULL) != 0)
		return false;
	target_done(&target);
	return true;
}

static int run(struct options *o)
{
	if (o->version) {
		printf("smtpdx %s\n", SMTPDX_VERSION);
		return EXIT_HEALTHY;
	}
	if (o->operand_count == 0 && !o->help)
		return run_wizard(o, NULL);
	const struct verb *verb = o->operand_count > 0 ? find_verb(o->operands[0]) : find_verb("help");
	if (verb == NULL && o->operand_count == 1 && !o->help && is_target(o->operands[0]))
		return run_wizard(o, o->operands[0]);
	if (verb == NULL)
		return fail(EXIT_USAGE, _("\"%s\": no such command; try: smtpdx check %s, or smtpdx help"),
		            o->operands[0], o->operands[0]);
	if (o->operand_count > 0) {
		o->operands++;
		o->operand_count--;
	}
	return o->help ? verb_help(o) : verb->run(o);
}

/*
 * A file, pipe or socket of ours must never become standard input, output or error because that was closed: it would get
 * the report, or a child its end of it. The mode is the wrong one, so that using it still fails as if it were closed.
 */
static void hold_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(EXIT_UNMEASURED);
}

/*
 * Messages and the terminal's characters are the user's. Numbers and letters are those of settings, replies and commands:
 * 1.5 has no comma, and I is the capital of i, which it is not in Turkish.
 */
static void choose_locale(void)
{
	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
		setlocale(LC_CTYPE, "C.UTF-8"); /* the same characters; without it the user's stays */
	textdomain("smtpdx");
}

int main(int argc, char **argv)
{
	struct options options;
	struct err err;

	hold_standard_descriptors();
	choose_locale();
	signal(SIGPIPE, SIG_IGN); /* a reader that left is an error of write(2) */
	signal(SIGXFSZ, SIG_IGN); /* so is a file that may not grow: mail servers limit what they start */
	signal(SIGCHLD,
	       SIG_DFL); /* whoever started us may have ignored it; then no worker's end could be told from another */
	int status = EXIT_USAGE;
	options_init(&options);
	if (options_parse(&options, argc, argv, &err) != 0)
		fail(status, _("%s; try: smtpdx --help"), err.text);
	else
		status = run(&options);
	options_done(&options);
	if (fflush(stdout) != 0 || ferror(stdout))
		return fail(EXIT_UNMEASURED, _("cannot write to standard output"));
	return status;
}
