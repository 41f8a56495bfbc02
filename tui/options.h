/*
 * options - the command line: the options of the face and those of the checks (checks/settings.h), in one getopt_long
 */
#ifndef SMTPDX_TUI_OPTIONS_H
#define SMTPDX_TUI_OPTIONS_H

#include "checks/settings.h"
#include "flow/live.h"
#include "report/report.h"

struct options {
	struct settings settings;
	struct selection selection;
	const struct report_format *format;
	const char *output;    /* -o; NULL: stdout */
	const char *case_path; /* --case; NULL: not saved */
	bool redact;           /* no name or address leaves in report, case or capture */
	bool list, serve;      /* demo */
	bool plain;            /* line by line, even on a terminal */
	bool validate;         /* walk --check */
	bool format_given;     /* a report is wanted even when nothing asks for one */
	const char *record;    /* walk: where its answers go; NULL: nowhere */
	const char *answers;   /* walk: where they come from; NULL: none */
	double seconds;        /* capture: how long */
	double size;           /* capture: B of the file, at most */
	const char *interface; /* capture */
	bool help, version;
	char **operands; /* into argv, after the verb */
	int operand_count;
};

void options_init(struct options *o);

/*
 * Reads argv on top of what is set already; options may stand before or after operands. -1 with the reason. The texts of
 * argv must outlive the options.
 */
int options_parse(struct options *o, int argc, char **argv, struct err *err);
void options_done(struct options *o);

/* The table of options for --help. */
void options_print(FILE *out);

#endif
