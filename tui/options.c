#include "options.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* Values of getopt_long for options of the face; those of the settings table follow from SETTING on. */
enum {
	OPT_FORMAT = 256,
	OPT_CASE,
	OPT_ONLY,
	OPT_SKIP,
	OPT_REDACT,
	OPT_LIST,
	OPT_SERVE,
	OPT_PLAIN,
	OPT_CHECK,
	OPT_RECORD,
	OPT_ANSWERS,
	OPT_SECONDS,
	OPT_SIZE,
	OPT_INTERFACE,
	OPT_VERSION,
	SETTING = 512
};

static const struct {
	const char *name;
	int value;
	const char *argument;
	const char *help;
} face_options[] = {
    {"text", OPT_FORMAT, NULL, N_("report as plain text (the default)")},
    {"markdown", OPT_FORMAT, NULL, N_("report as Markdown")},
    {"json", OPT_FORMAT, NULL, N_("the case itself as JSON")},
    {"script", OPT_FORMAT, NULL, N_("what to do, as a shell script with its undo")},
    {"output", 'o', N_("FILE"), N_("write the report there, not to standard output")},
    {"case", OPT_CASE, N_("FILE"), N_("save the case there")},
    {"only", OPT_ONLY, N_("CHECK,..."), N_("run these checks only")},
    {"skip", OPT_SKIP, N_("CHECK,..."), N_("run all but these checks")},
    {"redact", OPT_REDACT, NULL, N_("other names for hosts, addresses, people, queue ids")},
    {"list", OPT_LIST, NULL, N_("demo: list the scenarios")},
    {"serve", OPT_SERVE, NULL, N_("demo: only serve the scenario, until interrupted")},
    {"plain", OPT_PLAIN, NULL, N_("the wizard and walk: line by line, no screen")},
    {"check", OPT_CHECK, NULL, N_("walk: only say what is wrong with the file")},
    {"answers", OPT_ANSWERS, N_("FILE"), N_("walk: answers from there, as --record wrote them")},
    {"record", OPT_RECORD, N_("FILE"), N_("walk: write the answers there")},
    {"seconds", OPT_SECONDS, N_("N"), N_("capture: record for so long (600), or until Ctrl-C")},
    {"size", OPT_SIZE, N_("BYTES"), N_("capture: at most so large a file (64MB)")},
    {"interface", OPT_INTERFACE, N_("NAME"), N_("capture: listen there (any)")},
    {"help", 'h', NULL, N_("this text")},
    {"version", OPT_VERSION, NULL, N_("the version")},
};

#define FACE_COUNT (sizeof face_options / sizeof face_options[0])

static struct option *long_options(void)
{
	struct option *table = xcalloc(FACE_COUNT + settings_table_size + 1, sizeof *table);
	size_t count = 0;

	for (size_t i = 0; i < FACE_COUNT; i++)
		table[count++] = (struct option){.name = face_options[i].name,
		                                 .has_arg = face_options[i].argument != NULL,
		                                 .val = face_options[i].value};
	for (size_t i = 0; i < settings_table_size; i++)
		if (settings_table[i].option != NULL)
			table[count++] = (struct option){.name = settings_table[i].option,
			                                 .has_arg = settings_table[i].kind != SETTING_FLAG,
			                                 .val = SETTING + (int)i};
	return table;
}

static char *short_options(void)
{
	struct buf text;

	buf_init(&text, 256);
	buf_puts(&text, ":ho:");
	for (size_t i = 0; i < settings_table_size; i++)
		if (settings_table[i].letter != 0)
			buf_printf(&text, "%c%s", settings_table[i].letter,
			           settings_table[i].kind != SETTING_FLAG ? ":" : "");
	return buf_take(&text);
}

static int set_letter(struct options *o, int letter, const char *argument, struct err *err)
{
	for (size_t i = 0; i < settings_table_size; i++)
		if (settings_table[i].letter == letter)
			return settings_set(&o->settings, &settings_table[i], argument, err);
	return err_set(err, _("option -%c: not known"), letter);
}

/* An amount for recording: what no disk and nobody's patience would bear is a slip. */
static int set_amount(double *at, const char *name, const char *argument, const char *unit, double least, double most,
                      struct err *err)
{
	const char *given = "";
	double amount = 0;

	if (text_quantity(argument, &amount, &given) != 0 || (*given != '\0' && strcmp(given, unit) != 0) ||
	    amount < least || amount > most)
		return err_set(err, _("--%s: \"%s\": expected from %.0f%s to %.0f%s"), name, argument, least, unit,
		               most, unit);
	*at = amount;
	return 0;
}

static int set_option(struct options *o, int value, const char *name, const char *argument, struct err *err)
{
	switch (value) {
	case OPT_FORMAT:
		o->format = report_format_find(name);
		o->format_given = true;
		return 0;
	case 'o': /* "-" is standard output, as for explain it is standard input */
		o->output = strcmp(argument, "-") != 0 ? argument : NULL;
		o->format_given = o->format_given || o->output == NULL;
		return 0;
	case OPT_CASE:
		o->case_path = argument;
		return 0;
	case OPT_ONLY:
		o->selection.only = argument;
		return 0;
	case OPT_SKIP:
		o->selection.skip = argument;
		return 0;
	case OPT_REDACT:
		o->redact = true;
		return 0;
	case OPT_LIST:
		o->list = true;
		return 0;
	case OPT_SERVE:
		o->serve = true;
		return 0;
	case OPT_PLAIN:
		o->plain = true;
		return 0;
	case OPT_CHECK:
		o->validate = true;
		return 0;
	case OPT_RECORD:
		o->record = argument;
		return 0;
	case OPT_ANSWERS:
		o->answers = argument;
		return 0;
	case OPT_SECONDS:
		return set_amount(&o->seconds, name, argument, "s", 1, 86400, err);
	case OPT_SIZE:
		return set_amount(&o->size, name, argument, "B", 4096, 64e9, err);
	case OPT_INTERFACE:
		o->interface = argument;
		return 0;
	case 'h':
		o->help = true;
		return 0;
	case OPT_VERSION:
		o->version = true;
		return 0;
	default:
		return value >= SETTING ? settings_set(&o->settings, &settings_table[value - SETTING], argument, err)
		                        : set_letter(o, value, argument, err);
	}
}

/* The option that getopt refused, as the user wrote it. */
static int refuse(int argc, char **argv, bool lacks_argument, struct err *err)
{
	const char *written = optind > 0 && optind <= argc ? argv[optind - 1] : "";
	char clean[80];

	if (optopt > 0 && optopt < 256 && strncmp(written, "--", 2) != 0)
		return lacks_argument ? err_set(err, _("option -%c: needs an argument"), optopt)
		                      : err_set(err, _("option -%c: not known"), optopt);
	text_clean(written, strlen(written), clean, sizeof clean);
	return lacks_argument ? err_set(err, _("option %s: needs an argument"), clean)
	       : optopt != 0  ? err_set(err, _("option %s: takes no argument"), clean)
	                      : err_set(err, _("option %s: not known, or short for several"), clean);
}

void options_init(struct options *o)
{
	*o = (struct options){.format = report_formats[0], .seconds = 600, .size = 64 << 20, .interface = "any"};
}

int options_parse(struct options *o, int argc, char **argv, struct err *err)
{
	struct option *table = long_options();
	char *letters = short_options();
	int index = 0, value, result = 0;

	opterr = 0;
	optind = 0; /* glibc: start anew, and let operands stand anywhere */
	while (result == 0 && (value = getopt_long(argc, argv, letters, table, &index)) != -1) {
		if (value == '?' || value == ':')
			result = refuse(argc, argv, value == ':', err);
		else
			result = set_option(o, value, value >= 256 ? table[index].name : "", optarg, err);
	}
	o->operands = argv + optind;
	o->operand_count = argc - optind;
	free(table);
	free(letters);
	return result;
}

void options_done(struct options *o)
{
	settings_done(&o->settings);
}

static void print_option(FILE *out, int letter, const char *name, const char *argument, const char *help)
{
	char *left = name == NULL       ? xasprintf("-%c", letter)
	             : argument == NULL ? xasprintf("--%s", name)
	                                : xasprintf("--%s %s", name, _(argument));
	char *both = name != NULL && letter != 0 ? xasprintf("-%c, %s", letter, left) : xasprintf("%s", left);

	fprintf(out, "  %-24s%s%s\n", both, strlen(both) > 23 ? "\n                          " : "", _(help));
	free(both);
	free(left);
}

void options_print(FILE *out)
{
	for (size_t i = 0; i < settings_table_size; i++)
		if (settings_table[i].help != NULL)
			print_option(out, settings_table[i].letter, settings_table[i].option,
			             settings_table[i].argument, settings_table[i].help);
	for (size_t i = 0; i < FACE_COUNT; i++)
		print_option(out, face_options[i].value < 256 ? face_options[i].value : 0, face_options[i].name,
		             face_options[i].argument, face_options[i].help);
}
