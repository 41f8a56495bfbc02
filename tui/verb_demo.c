#include "verbs.h"

#include "base/i18n.h"
#include "base/xalloc.h"
#include "demo/demo.h"
#include "screen/terminal.h"

#include <stdlib.h>
#include <string.h>

#define SCENARIO_DEFAULT "data-timeout"
#define ARGS_MAX         32

static void show_scenario(const char *name, const char *title, void *context)
{
	(void)context;
	printf("%-16s %s\n", name, title);
}

/* What the scenario wants, as a command line: its DNS server, its port, and its options, cut at the blanks in place. */
static int demo_args(struct demo *demo, char *port, char **argv)
{
	int argc = 0;
	char *save = NULL;

	argv[argc++] = "smtpdx";
	if (demo->resolver[0] != '\0') {
		argv[argc++] = "--resolver";
		argv[argc++] = demo->resolver;
	}
	if (demo->port != 0) {
		argv[argc++] = "--port";
		argv[argc++] = port;
	}
	for (char *word = strtok_r(demo->options, " ", &save); word != NULL && argc < ARGS_MAX - 1;
	     word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	return argc;
}

static int check_demo(struct options *o, struct demo *demo)
{
	char *argv[ARGS_MAX] = {NULL};
	char *port = xasprintf("%d", demo->port);
	struct target target;
	struct err err;
	int status;

	int argc = demo_args(demo, port, argv);
	if (options_parse(o, argc, argv, &err) != 0 || target_parse(demo->target, &target, &err) != 0) {
		status = fail(EXIT_UNMEASURED, _("demo: %s"), err.text);
	} else {
		status = check_and_report(o, &target);
		target_done(&target);
	}
	free(port);
	return status;
}

/* On a terminal the wizard shows it, unless a report is asked for; it knows scenarios by their names only. */
static bool wants_wizard(const struct options *o, const char *name)
{
	char *notice = NULL;
	const bool wanted = strchr(name, '/') == NULL && !o->plain && !o->format_given && o->output == NULL &&
	                    o->case_path == NULL && terminal_is_usable(&notice);

	free(notice);
	return wanted;
}

int verb_demo(struct options *o)
{
	const char *name = o->operand_count > 0 ? o->operands[0] : SCENARIO_DEFAULT;
	struct demo demo;
	struct err err;

	if (o->operand_count > 1)
		return fail(EXIT_USAGE, _("demo: expected at most one scenario; smtpdx demo --list shows them"));
	if (o->list)
		return demo_list(show_scenario, NULL, &err) == 0 ? EXIT_HEALTHY : fail(EXIT_UNMEASURED, "%s", err.text);
	if (o->serve)
		return demo_serve(name, stdout, &err) == 0 ? EXIT_HEALTHY : fail(EXIT_USAGE, "%s", err.text);
	if (wants_wizard(o, name))
		return run_demo_wizard(o, name);
	if (demo_start(name, &demo, &err) != 0)
		return fail(EXIT_USAGE, "%s", err.text);
	int status = check_demo(o, &demo);
	demo_stop(&demo);
	return status;
}
