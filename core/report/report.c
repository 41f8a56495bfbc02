#include "report/report.h"

#include "model/json.h"
#include "report/script.h"
#include "report/sections.h"

#include <stdlib.h>
#include <string.h>

static void write_document(const struct case_file *c, struct buf *out,
                           void (*write)(const struct document *d, struct buf *out))
{
	struct document d;

	document_init(&d);
	add_verdict(&d, c);
	add_advice(&d, c);
	add_candidates(&d, c);
	add_lines(&d, c);
	add_log(&d, c);
	add_ladders(&d, c);
	add_queue(&d, c);
	add_host(&d, c);
	add_config(&d, c);
	add_timers(&d, c);
	add_name_servers(&d, c);
	add_flights(&d, c);
	add_hops(&d, c);
	add_dialogs(&d, c);
	add_gaps(&d, c);
	add_facts(&d, c);
	add_method(&d, c);
	write(&d, out);
	document_done(&d);
}

static void write_text(const struct case_file *c, struct buf *out)
{
	write_document(c, out, document_to_text);
}

static void write_markdown(const struct case_file *c, struct buf *out)
{
	write_document(c, out, document_to_markdown);
}

/* Exactly the case file. */
static void write_json(const struct case_file *c, struct buf *out)
{
	json_t *root = case_to_json(c);
	char *text = json_to_text(root, true);

	json_decref(root);
	buf_puts(out, text);
	buf_putc(out, '\n');
	free(text);
}

static const struct report_format text = {.name = "text", .write = write_text};
static const struct report_format markdown = {.name = "markdown", .write = write_markdown};
static const struct report_format json = {.name = "json", .write = write_json};
static const struct report_format script = {.name = "script", .write = fix_script};

const struct report_format *const report_formats[] = {&text, &markdown, &json, &script, NULL};

const struct report_format *report_format_find(const char *name)
{
	for (size_t i = 0; report_formats[i] != NULL; i++)
		if (strcmp(report_formats[i]->name, name) == 0)
			return report_formats[i];
	return NULL;
}
