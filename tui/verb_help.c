#include "verbs.h"

#include "base/helpfile.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "screen/key.h"

#include <stdlib.h>
#include <string.h>

#define TOPIC_FOLDER "topics"
#define TOPIC_SUFFIX ".txt"

static void print_command(const char *name, const char *synopsis, const char *help)
{
	char *left = xasprintf("smtpdx %s%s%s", name, *name != '\0' ? " " : "", synopsis);

	printf("  %-26s%s%s\n", left, strlen(left) > 25 ? "\n                            " : "", help);
	free(left);
}

static void print_usage(void)
{
	printf(_("smtpdx %s - why does this mail time out, or get a 421, and what fixes it\n\n"), SMTPDX_VERSION);
	print_command("", _("[TARGET]"), _("the wizard: asks, measures, says what to type"));
	for (const struct verb *verb = verbs; verb->name != NULL; verb++)
		print_command(verb->name, _(verb->synopsis), _(verb->help));
	printf(_(
	    "\nTARGET is a domain (its MX hosts are probed), user@domain, host:port, an\naddress, or [v6]:port.\n\n"));
	options_print(stdout);
	printf(_("\nExit status: 0 nothing is wrong, 1 trouble found, 2 usage, 3 could not measure.\n"));
}

static void print_fact_table(const struct fact_def *def)
{
	for (; def->name != NULL; def++) {
		const char *kind = def->kind == FACT_NUMBER ? def->unit : fact_kind_name(def->kind);
		printf("%-28s %-6s %s\n", def->name, kind, _(def->means));
		if (def->words != NULL)
			printf("%-28s        %s\n", "", def->words);
	}
}

static void print_facts(void)
{
	for (size_t i = 0; fact_tables[i] != NULL; i++)
		print_fact_table(fact_tables[i]);
}

static void print_checks(void)
{
	for (size_t i = 0; checks[i] != NULL; i++)
		printf(_("%-8s %s (at most %.0f s%s)\n"), checks[i]->name, _(checks[i]->title), checks[i]->limit,
		       checks[i]->intrusive ? _("; intrusive") : "");
}

/* The topics made from tables; the others are files in help/topics/. */
static const struct {
	const char *name;
	void (*print)(void);
} tables[] = {
    {"facts", print_facts},
    {"checks", print_checks},
    {"keys", key_print},
};

#define TABLE_COUNT (sizeof tables / sizeof tables[0])

static int print_topics(void)
{
	struct helpfile *files;
	size_t count;
	struct err err;

	if (helpfile_list(TOPIC_FOLDER, TOPIC_SUFFIX, &files, &count, &err) != 0)
		return fail(EXIT_UNMEASURED, "%s", err.text);
	for (size_t i = 0; i < TABLE_COUNT; i++)
		printf("%s\n", tables[i].name);
	for (size_t i = 0; i < count; i++) {
		const char *name = files[i].name + strlen(TOPIC_FOLDER "/");
		printf("%.*s\n", (int)(strlen(name) - strlen(TOPIC_SUFFIX)), name);
	}
	helpfile_list_free(files, count);
	return EXIT_HEALTHY;
}

/* The commands have one text together; a topic of the same name goes before it. */
static bool is_command(const char *name)
{
	for (const struct verb *verb = verbs; verb->name != NULL; verb++)
		if (strcmp(verb->name, name) == 0)
			return true;
	return false;
}

static int print_topic(const char *topic)
{
	struct helpfile file;
	struct err err;

	for (size_t i = 0; i < TABLE_COUNT; i++) {
		if (strcmp(tables[i].name, topic) == 0) {
			tables[i].print();
			return EXIT_HEALTHY;
		}
	}
	if (strchr(topic, '/') != NULL)
		return fail(EXIT_USAGE, _("help: there is no topic \"%s\"; smtpdx help topics lists them"), topic);
	char *path = xasprintf(TOPIC_FOLDER "/%s" TOPIC_SUFFIX, topic);
	int found = helpfile_get(path, &file, &err);
	free(path);
	if (found != 0 && is_command(topic)) {
		print_usage();
		return EXIT_HEALTHY;
	}
	if (found != 0)
		return fail(EXIT_USAGE, _("help: there is no topic \"%s\"; smtpdx help topics lists them"), topic);
	fwrite(file.text, 1, file.size, stdout);
	helpfile_done(&file);
	return EXIT_HEALTHY;
}

int verb_help(struct options *o)
{
	if (o->operand_count == 0 || o->help) {
		print_usage();
		return EXIT_HEALTHY;
	}
	return strcmp(o->operands[0], "topics") == 0 ? print_topics() : print_topic(o->operands[0]);
}
