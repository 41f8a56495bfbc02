/*
 * The hops of a path against sizes of packets:
 *
 *      hop  address              1400  1401  1500
 *      1    192.0.2.2            #     #     #
 *      2    192.0.2.6            #     #     #
 *      3    (no answer)
 *      4    192.0.2.14           #     .     .
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "report/sections.h"

#include <stdlib.h>
#include <string.h>

#define HOPS_MAX  64 /* numbers of hops; a case file may hold any */
#define SIZES_MAX 3

/* The sizes that matter: what arrives, one byte more, and the largest that was tried. */
struct sizes {
	double bytes[SIZES_MAX];
	size_t count;
};

static double number_of(const struct case_file *c, const char *name, const char *subject)
{
	const struct fact *fact = case_find_fact(c, name, subject);

	return fact != NULL ? fact->number : 0;
}

static struct sizes find_sizes(const struct case_file *c, const char *subject)
{
	const double path = number_of(c, "mtu.path", subject), full = number_of(c, "mtu.sweep.full", subject);
	struct sizes sizes = {.bytes = {path, path + 1, full}, .count = SIZES_MAX};

	if (!(path > 0)) /* nobody knows it: the largest will do */
		sizes = (struct sizes){.bytes = {full}, .count = 1};
	else if (path >= full)
		sizes.count = 1;
	else if (path + 1 >= full)
		sizes.count = 2;
	return sizes;
}

/* What became of a packet of that size on its way to a hop: of the two ways to get lost, the one seen at a size nearer. */
static const char *cell(const struct case_file *c, const char *hop, double size)
{
	const double silent = number_of(c, "mtu.hop.silent", hop), refused = number_of(c, "mtu.hop.refused", hop);

	if (number_of(c, "mtu.hop.passed", hop) >= size)
		return "#";
	if (refused > 0 && refused <= size && refused >= (silent <= size ? silent : 0))
		return "!";
	return silent > 0 && silent <= size ? "." : "?";
}

/* "192.0.2.2" of a subject "mx1 [192.0.2.25]:25 hop 1 [192.0.2.2]"; the caller frees. */
static char *address_of(const char *subject)
{
	const char *open = strrchr(subject, '[');

	return open != NULL ? xstrndup(open + 1, strcspn(open + 1, "]")) : xstrdup("");
}

static void add_row(struct document *d, const struct case_file *c, int number, const char *hop,
                    const struct sizes *sizes)
{
	char *place = xasprintf("%d", number);
	char *address = hop != NULL ? address_of(hop) : xstrdup(_("(no answer)"));

	document_cell(d, place);
	document_cell(d, address);
	for (size_t i = 0; i < sizes->count; i++)
		document_cell(d, hop != NULL ? cell(c, hop, sizes->bytes[i]) : "");
	free(place);
	free(address);
}

static void add_head(struct document *d, const struct sizes *sizes)
{
	document_begin(d, BLOCK_TABLE, 2 + sizes->count);
	document_cell(d, _("hop"));
	document_cell(d, _("address"));
	for (size_t i = 0; i < sizes->count; i++) {
		char *text = xasprintf("%.0f", sizes->bytes[i]);
		document_cell(d, text);
		free(text);
	}
}

/* The subjects of an endpoint's hops by their numbers; returns the last number. */
static int find_hops(const struct case_file *c, const char *subject, const char *hops[static HOPS_MAX])
{
	const size_t length = strlen(subject);
	int last = 0;

	for (size_t i = 0; i < c->fact_count; i++) {
		const struct fact *fact = &c->facts[i];
		if (strcmp(fact->def->name, "mtu.hop.number") != 0 || !(fact->number >= 1 && fact->number < HOPS_MAX) ||
		    strncmp(fact->subject, subject, length) != 0 || strncmp(fact->subject + length, " hop ", 5) != 0)
			continue;
		const int number = (int)fact->number;
		hops[number] = fact->subject;
		last = number > last ? number : last;
	}
	return last;
}

static void add_conclusions(struct document *d, const struct case_file *c, const char *subject)
{
	const struct fact *near = case_find_fact(c, "mtu.link.near", subject);
	const struct fact *far = case_find_fact(c, "mtu.link.far", subject);

	if (near != NULL && far != NULL)
		document_item(d, NULL, _("To the server, larger packets end between %s and %s."), near->text,
		              far->text);
	near = case_find_fact(c, "mtu.back.link.near", subject);
	far = case_find_fact(c, "mtu.back.link.far", subject);
	if (near != NULL && far != NULL)
		document_item(d, NULL, _("On their way back, larger replies end or are cut between %s and %s."),
		              far->text, near->text);
	for (size_t i = 0; i < c->fact_count; i++)
		if (strcmp(c->facts[i].def->name, "mtu.untested") == 0 && strcmp(c->facts[i].subject, subject) == 0)
			document_item(d, NULL, _("Not tested: %s"), c->facts[i].text);
}

void add_hops(struct document *d, const struct case_file *c)
{
	bool first = true;

	for (size_t i = 0; i < c->fact_count; i++) {
		const char *subject = c->facts[i].subject;
		const char *hops[HOPS_MAX] = {NULL};
		if (strcmp(c->facts[i].def->name, "mtu.sweep.full") != 0)
			continue;
		const int last = find_hops(c, subject, hops);
		const struct sizes sizes = find_sizes(c, subject);
		if (last == 0)
			continue;
		if (first) {
			document_add(d, BLOCK_HEADING, "%s", _("Hops of the path, and the packets that reach them"));
			document_add(
			    d, BLOCK_PARAGRAPH, "%s",
			    _("Bytes above; # it came there, . it vanished, ! a router refused it by ICMP, ? not "
			      "asked."));
		}
		first = false;
		document_add(d, BLOCK_STEP, "%s", subject);
		add_head(d, &sizes);
		for (int number = 1; number <= last; number++)
			add_row(d, c, number, hops[number], &sizes);
		add_conclusions(d, c, subject);
	}
}
