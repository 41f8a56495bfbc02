/*
 * log - the section about logs: how it lies in time, and who is in trouble, as bars
 */
#include "base/i18n.h"
#include "base/xalloc.h"
#include "report/sections.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROWS_MAX     24 /* of the histogram */
#define BUCKETS_MAX  64 /* that the fact may hold */
#define EXAMPLE      "log.example"
#define DETAILED_MAX 3 /* peers whose facts are listed; the case file has all */

bool is_log_peer(const struct case_file *c, const struct fact *fact)
{
	return strncmp(fact->def->name, "log.", 4) == 0 && strcmp(fact->subject, c->target) != 0;
}

struct bucket {
	double sessions, troubles;
};

/* A count of a bucket; moves on behind it. False when it is none. */
static bool read_count(const char **text, double *count)
{
	char *end;

	*count = strtod(*text, &end);
	const bool is_count = end != *text && *count >= 0 && *count < 1e15;
	*text = end;
	return is_count;
}

/* The fact log.histogram taken apart again; 0 buckets when somebody else wrote it. */
static size_t read_histogram(const char *text, time_t *start, double *step, struct bucket *buckets)
{
	struct tm tm = {0};
	size_t count = 0;

	text = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (text == NULL || !read_count(&text, step) || *step < 1 || *step > 1e9)
		return 0;
	*start = timegm(&tm);
	while (count < BUCKETS_MAX && *text == ' ' && read_count(&text, &buckets[count].sessions) && *text == '/') {
		text++;
		if (!read_count(&text, &buckets[count].troubles))
			break;
		count++;
	}
	return count;
}

static void add_bucket(struct document *d, time_t start, double step, const struct bucket *bucket, bool by_troubles)
{
	char label[24], value[40];
	struct tm tm;

	if (gmtime_r(&start, &tm) == NULL)
		return;
	strftime(label, sizeof label, step < 60 ? "%b %d %H:%M:%S" : step < 86400 ? "%b %d %H:%M" : "%Y-%m-%d", &tm);
	snprintf(value, sizeof value, "%.0f/%.0f", bucket->troubles, bucket->sessions);
	document_bar(d, label, value, 0, by_troubles ? bucket->troubles : bucket->sessions, "");
}

static void add_histogram(struct document *d, const struct fact *fact)
{
	struct bucket buckets[BUCKETS_MAX] = {{0}};
	double step, troubles = 0;
	time_t start;
	const size_t count = read_histogram(fact->text, &start, &step, buckets);
	const size_t joined = (count + ROWS_MAX - 1) / ROWS_MAX;

	if (count == 0)
		return;
	for (size_t i = 0; i < count; i++)
		troubles += buckets[i].troubles;
	document_add(d, BLOCK_HEADING, "%s", _("The log over time (UTC)"));
	document_add(d, BLOCK_PARAGRAPH, "%s",
	             troubles > 0 ? _("Troubles and sessions; the bars are the troubles.")
	                          : _("Troubles and sessions; there were no troubles, the bars are the sessions."));
	document_begin_chart(d, 1);
	for (size_t i = 0; i < count; i += joined) {
		struct bucket sum = {0};
		for (size_t j = i; j < i + joined && j < count; j++) {
			sum.sessions += buckets[j].sessions;
			sum.troubles += buckets[j].troubles;
		}
		add_bucket(d, start + (time_t)(step * (double)i), step * (double)joined, &sum, troubles > 0);
	}
}

/* What the same peer's fact of that name is; NULL when it has none. */
static const struct fact *of_peer(const struct case_file *c, const char *subject, const char *name)
{
	return case_find_fact(c, name, subject);
}

static void add_peer_bar(struct document *d, const struct case_file *c, const struct fact *troubles)
{
	const struct fact *noise = of_peer(c, troubles->subject, "log.noise");
	const struct fact *most = of_peer(c, troubles->subject, "log.main");
	const struct fact *phase = of_peer(c, troubles->subject, "log.phase");
	const double count = troubles->number > 0 || noise == NULL ? troubles->number : noise->number;
	char value[32];
	char *note = xasprintf("%s%s%s", most != NULL ? most->text : _("noise"), phase != NULL ? ", " : "",
	                       phase != NULL ? phase->text : "");

	snprintf(value, sizeof value, "%.0f", count);
	document_bar(d, troubles->subject, value, 0, count, note);
	free(note);
}

static void add_peer_facts(struct document *d, const struct case_file *c, const char *subject)
{
	document_add(d, BLOCK_STEP, "%s", subject);
	begin_fact_table(d);
	for (size_t i = 0; i < c->fact_count; i++)
		if (strcmp(c->facts[i].subject, subject) == 0 && is_log_peer(c, &c->facts[i]) &&
		    strcmp(c->facts[i].def->name, EXAMPLE) != 0)
			add_fact_row(d, &c->facts[i], NULL);
	const struct fact *example = of_peer(c, subject, EXAMPLE);
	if (example != NULL)
		document_add(d, BLOCK_PARAGRAPH, _("For example: %s"), example->text);
}

static void add_peers(struct document *d, const struct case_file *c)
{
	const char *detailed[DETAILED_MAX];
	size_t count = 0;

	for (size_t i = 0; i < c->fact_count; i++) {
		const struct fact *fact = &c->facts[i];
		if (strcmp(fact->def->name, "log.troubles") != 0 || !is_log_peer(c, fact))
			continue;
		if (count == 0) {
			document_add(d, BLOCK_HEADING, "%s", _("The peers most in trouble"));
			document_begin_chart(d, 1);
		}
		add_peer_bar(d, c, fact);
		if (count < DETAILED_MAX)
			detailed[count] = fact->subject;
		count++;
	}
	for (size_t i = 0; i < count && i < DETAILED_MAX; i++)
		add_peer_facts(d, c, detailed[i]);
	if (count > DETAILED_MAX)
		document_add(d, BLOCK_PARAGRAPH, "%s", _("The case file (--json) has the same of the others."));
}

void add_log(struct document *d, const struct case_file *c)
{
	const struct fact *histogram = case_find_fact(c, "log.histogram", NULL);

	if (histogram != NULL)
		add_histogram(d, histogram);
	add_peers(d, c);
}
