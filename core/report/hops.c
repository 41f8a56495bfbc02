/*
 * The hops of a path against sizes of packets, and the way back where it is narrower:
 *
 *      hop  address              1400  1401  1500
 *      1    192.0.2.2            #     #     #
 *      2    192.0.2.6            #     #     #
 *      3    (no answer)
 *      4    192.0.2.14           #     .     .
 *
 *      hop  address              1500  1500 back
 *      1    192.0.2.2            #     #
 *      2    192.0.2.6            #     .
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
	double back;             /* the size of the replies; 0: nothing was found on the way back */
	int back_near, back_far; /* hops: the last whose replies come whole, the first whose do not */
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

/* "hop 3 [192.0.2.10]" is 3; this machine is 0. */
static int hop_number(const struct fact *fact)
{
	const long number = strncmp(fact->text, "hop ", 4) == 0 ? strtol(fact->text + 4, NULL, 10) : 0;

	return number > 0 && number < HOPS_MAX ? (int)number : 0;
}

static void find_back(const struct case_file *c, const char *subject, struct sizes *sizes)
{
	const struct fact *near = case_find_fact(c, "mtu.back.link.near", subject);
	const struct fact *far = case_find_fact(c, "mtu.back.link.far", subject);

	if (near == NULL || far == NULL)
		return;
	sizes->back = number_of(c, "mtu.path", subject);
	sizes->back_near = hop_number(near);
	sizes->back_far = hop_number(far);
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

/* The same for its replies: who is behind the narrow link has the link between us. */
static const char *back_cell(const struct sizes *sizes, int number)
{
	return number <= sizes->back_near ? "#" : number >= sizes->back_far ? "." : "?";
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
	if (sizes->back > 0)
		document_cell(d, hop != NULL ? back_cell(sizes, number) : "");
	free(place);
	free(address);
}

static void add_head(struct document *d, const struct sizes *sizes)
{
	document_begin(d, BLOCK_TABLE, 2 + sizes->count + (sizes->back > 0));
	document_cell(d, _("hop"));
	document_cell(d, _("address"));
	for (size_t i = 0; i < sizes->count; i++) {
		char *text = xasprintf("%.0f", sizes->bytes[i]);
		document_cell(d, text);
		free(text);
	}
	if (sizes->back > 0) {
		char *text = xasprintf(_("%.0f back"), sizes->back);
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

static bool is_about_path(const struct fact *fact)
{
	return strcmp(fact->def->name, "mtu.sweep.full") == 0 || strcmp(fact->def->name, "mtu.untested") == 0;
}

/* Whether a fact about the path before this one had the same subject. */
static bool is_told(const struct case_file *c, size_t until)
{
	for (size_t i = 0; i < until; i++)
		if (is_about_path(&c->facts[i]) && strcmp(c->facts[i].subject, c->facts[until].subject) == 0)
			return true;
	return false;
}

static void add_table(struct document *d, const struct case_file *c, const char *subject)
{
	const char *hops[HOPS_MAX] = {NULL};
	const int last = find_hops(c, subject, hops);
	struct sizes sizes = find_sizes(c, subject);

	if (last == 0)
		return;
	find_back(c, subject, &sizes);
	add_head(d, &sizes);
	for (int number = 1; number <= last; number++)
		add_row(d, c, number, hops[number], &sizes);
}

void add_hops(struct document *d, const struct case_file *c)
{
	const char *hops[HOPS_MAX] = {NULL};
	bool first = true;

	for (size_t i = 0; i < c->fact_count; i++) {
		const char *subject = c->facts[i].subject;
		if (!is_about_path(&c->facts[i]) || is_told(c, i) ||
		    (find_hops(c, subject, hops) == 0 && case_find_fact(c, "mtu.untested", subject) == NULL))
			continue;
		if (first) {
			document_add(d, BLOCK_HEADING, "%s", _("Hops of the path, and the packets that reach them"));
			document_add(
			    d, BLOCK_PARAGRAPH, "%s",
			    _("Bytes above; # it came there, . it vanished, ! a router refused it by ICMP, ? not "
			      "asked. Back: replies from there; . they vanished or came in pieces."));
		}
		first = false;
		document_add(d, BLOCK_STEP, "%s", subject);
		add_table(d, c, subject);
		add_conclusions(d, c, subject);
	}
}
