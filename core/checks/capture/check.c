/*
 * capture - reads captures in one pass: who kept whom waiting in each SMTP session, and what got lost on the way
 */
#include "checks/capture/capture.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "checks/check.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LIMIT_S        600.0
#define PROGRESS_EVERY 0.5 /* s */

struct reading {
	struct capture *capture;
	struct emit *e;
	const char *subject;
	double deadline;
	double began, told; /* when the file was, and progress */
	char *name;         /* of the file under way */
	struct err fault;   /* why the last file that was not read to its end was not; "": all were */
};

/* How much of the file is read, how long the rest takes, and what was in it so far. */
static void tell_progress(const struct reading *r, double share)
{
	const struct capture_totals *totals = capture_totals(r->capture);
	const double seconds = clock_now() - r->began, left = seconds * (1 - share) / fmax(share, 1e-3);
	char *phase = xasprintf(_("%.0f %%, %.0f s left: %s"), 100 * share, left, r->name);
	char value[40], note[80];
	struct tally tally;

	emit_progress(r->e, r->subject, phase, 0);
	free(phase);
	tally_init(&tally);
	snprintf(value, sizeof value, "%.0f %%", 100 * share);
	snprintf(note, sizeof note, _("%.0f s left"), left);
	tally_add(&tally, _("read"), value, 0, share, note);
	snprintf(value, sizeof value, "%.0f", totals->packets);
	snprintf(note, sizeof note, _("%.0f MB on the wire"), totals->bytes / 1e6);
	tally_add(&tally, _("packets"), value, 0, 0, note);
	snprintf(value, sizeof value, "%.0f", totals->mail_packets);
	tally_add(&tally, _("of mail"), value, 0, totals->packets > 0 ? totals->mail_packets / totals->packets : 0, "");
	emit_tally(r->e, r->subject, &tally);
	tally_done(&tally);
}

static bool look(void *context, const struct capture_file *file)
{
	struct reading *r = context;
	const double now = clock_now();
	const double progress = capture_file_progress(file);

	if (now > r->deadline)
		return false;
	if (progress >= 0 && now - r->told >= PROGRESS_EVERY) {
		tell_progress(r, progress);
		r->told = now;
	}
	return true;
}

/* --- several files: the parts of one capture in the order in which they were recorded */

struct source {
	const char *path;
	double start;
	size_t place;
};

static double start_of(const char *path)
{
	struct capture_file *file = strcmp(path, "-") != 0 ? capture_file_open(path, NULL) : NULL;
	struct frame frame;

	if (file == NULL)
		return INFINITY;
	const double start = capture_file_next(file, &frame) ? capture_file_start(file) : INFINITY;
	capture_file_close(file);
	return start;
}

static int by_start(const void *a, const void *b)
{
	const struct source *left = a, *right = b;

	if (left->start < right->start || left->start > right->start)
		return left->start < right->start ? -1 : 1;
	return left->place < right->place ? -1 : left->place > right->place;
}

static struct source *in_order(const struct settings *settings)
{
	struct source *sources = xcalloc(settings->file_count + 1, sizeof *sources);

	for (size_t i = 0; i < settings->file_count; i++)
		sources[i] = (struct source){
		    .path = settings->files[i],
		    .start = settings->file_count > 1 ? start_of(settings->files[i]) : 0,
		    .place = i,
		};
	qsort(sources, settings->file_count, sizeof *sources, by_start);
	return sources;
}

/* -1 with the reason when it could not be opened. */
static int read_file(struct reading *r, const struct settings *settings, const char *path, struct err *err)
{
	const struct capture_watch watch = {.look = look, .context = r};
	struct err trouble = {""};

	r->name = settings_file_name(settings, path);
	r->began = clock_now();
	const int result = capture_read(r->capture, path, &watch, &trouble);
	if (result != 0) {
		*err = trouble;
	} else if (trouble.text[0] != '\0') {
		r->fault = trouble;
		char *fault = xasprintf("%s: %s", r->name, trouble.text);
		emit_text(r->e, "capture.input.fault", r->subject, fault);
		free(fault);
	}
	free(r->name);
	return result;
}

/* --- what is told */

char *flow_endpoint_address(const struct flow_endpoint *end)
{
	char text[INET6_ADDRSTRLEN] = "";

	inet_ntop(end->v6 ? AF_INET6 : AF_INET, end->address, text, sizeof text);
	return xstrdup(text);
}

char *flow_subject(const struct flow *s)
{
	char *client = flow_endpoint_address(&s->ends[CLIENT]), *server = flow_endpoint_address(&s->ends[SERVER]);
	char *subject = xasprintf("[%s]:%u -> [%s]:%u", client, s->ends[CLIENT].port, server, s->ends[SERVER].port);

	free(client);
	free(server);
	return subject;
}

static void tell_number(const struct reading *r, const char *fact, double value)
{
	if (value > 0)
		emit_number(r->e, fact, r->subject, value);
}

static void tell_start(const struct reading *r, double start)
{
	char stamp[CLOCK_STAMP_SIZE];

	if (clock_stamp_of(start, stamp))
		emit_text(r->e, "capture.first", r->subject, stamp);
}

static void tell_summarised(const struct reading *r, const struct flow_totals *totals)
{
	char *text;

	if (totals->displaced > 0) {
		text = xasprintf(
		    _("%lu sessions were open and quiet when the table was full: they count as they were then"),
		    totals->displaced);
		emit_text(r->e, "capture.summarised", r->subject, text);
		free(text);
	}
	if (totals->left_out > 0) {
		text = xasprintf(_("sessions went in more than %d ways; the worst of them are listed"), FLOWS_KEPT);
		emit_text(r->e, "capture.summarised", r->subject, text);
		free(text);
	}
}

static char *tunnel_text(const struct capture_totals *totals)
{
	return xasprintf(
	    _("%.0f packets are inside a tunnel (%s), which is not looked into; this takes them out of it, where the "
	      "link is Ethernet: editcap -L -C %s FILE inner.pcap"),
	    totals->tunnelled, totals->tunnel->name, totals->tunnel->chop);
}

static void tell_tunnel(const struct reading *r, const struct capture_totals *totals)
{
	if (totals->tunnel == NULL)
		return;
	char *text = tunnel_text(totals);
	emit_text(r->e, "capture.tunnel", r->subject, text);
	free(text);
}

static void tell_totals(const struct reading *r)
{
	const struct capture_totals *all = capture_totals(r->capture);
	const struct flow_totals *totals = flows_totals(capture_flows(r->capture));

	emit_number(r->e, "capture.packets", r->subject, all->packets);
	emit_number(r->e, "capture.packets.mail", r->subject, all->mail_packets);
	tell_number(r, "capture.packets.cut", all->cut);
	tell_number(r, "capture.packets.twice", (double)totals->duplicates);
	tell_number(r, "capture.snaplen", (double)all->snap);
	tell_start(r, all->start);
	emit_number(r->e, "capture.span", r->subject, all->span);
	tell_number(r, "capture.clock.back", all->set_back);
	emit_number(r->e, "capture.sessions", r->subject, (double)totals->sessions);
	emit_number(r->e, "capture.sessions.troubled", r->subject, (double)totals->troubled);
	emit_number(r->e, "capture.messages", r->subject, totals->messages);
	tell_number(r, "capture.missed", totals->missed);
	if (totals->most_open > 1) {
		char *client = flow_endpoint_address(&totals->most_client);
		emit_number(r->e, "capture.sessions.most", r->subject, totals->most_open);
		emit_text(r->e, "capture.sessions.most.client", r->subject, client);
		free(client);
	}
	tell_tunnel(r, all);
	tell_summarised(r, totals);
}

/* Sessions that went well say nothing where others did not. */
static bool is_worth_telling(const struct flow_kept *kept, const struct flow_kept *worst, size_t index)
{
	return index == 0 || kept->score >= 1e6 || worst->score < 1e6;
}

static bool is_same_end(const struct flow_endpoint *a, const struct flow_endpoint *b)
{
	return flow_endpoint_is(a, b->address, b->port, b->v6);
}

/* The same session from another file is told, and drawn once. */
static bool was_before(const struct flow_kept *kept, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (is_same_end(&kept[i].session->ends[0], &kept[index].session->ends[0]) &&
		    is_same_end(&kept[i].session->ends[1], &kept[index].session->ends[1]))
			return true;
	return false;
}

static void tell_sessions(const struct reading *r, const struct replies *replies)
{
	size_t count;
	const struct flow_kept *kept = flows_kept(capture_flows(r->capture), &count);

	for (size_t i = 0; i < count; i++) {
		if (!is_worth_telling(&kept[i], &kept[0], i))
			continue;
		char *subject = flow_subject(kept[i].session);
		struct told told = {.e = r->e, .replies = replies, .session = kept[i].session, .subject = subject};
		told.outcome = flow_outcome(kept[i].session);
		capture_tell_smtp(&told);
		capture_tell_flow(&told, &kept[i]);
		capture_tell_missing(&told, capture_totals(r->capture)->snap);
		if (i < CAPTURE_DRAWN && !was_before(kept, i))
			capture_tell_steps(&told);
		free(subject);
	}
}

/* --- captures of both ends */

#define JOIN_SESSIONS 2 /* that are looked for in the other files */

static void join_files(const struct reading *r, const struct source *sources, size_t file_count)
{
	size_t count, path_count = 0;
	const struct flow_kept *kept = flows_kept(capture_flows(r->capture), &count);
	const char **paths = xcalloc(file_count + 1, sizeof *paths);

	for (size_t i = 0; i < file_count; i++)
		if (strcmp(sources[i].path, "-") != 0)
			paths[path_count++] = sources[i].path;
	for (size_t i = 0; i < count && i < JOIN_SESSIONS && path_count > 1; i++) {
		if (was_before(kept, i) || clock_now() > r->deadline)
			continue;
		char *subject = flow_subject(kept[i].session);
		const struct told told = {.e = r->e, .session = kept[i].session, .subject = subject};
		const bool joined = capture_tell_joined(&told, paths, path_count);
		free(subject);
		if (joined)
			break;
	}
	free(paths);
}

/* No session: since none is in it, or since it could not be read. */
static enum check_status nothing_found(const struct reading *r, struct err *err)
{
	const bool unread = r->fault.text[0] != '\0';

	if (unread && capture_totals(r->capture)->packets == 0) {
		*err = r->fault;
		return CHECK_FAILED;
	}
	if (capture_totals(r->capture)->tunnel != NULL) {
		char *tunnel = tunnel_text(capture_totals(r->capture));
		err_set(err, _("no connection in it speaks SMTP; %s"), tunnel);
		free(tunnel);
	} else if (unread)
		err_set(err, _("no connection in it speaks SMTP, as far as it could be read: %s"), r->fault.text);
	else
		err_set(err, _("no connection in it speaks SMTP"));
	return CHECK_NOT_APPLICABLE;
}

static enum check_status run_check(const struct target *target, const struct settings *settings, double deadline,
                                   struct emit *e, struct err *err)
{
	struct reading reading = {.e = e, .subject = target->text, .deadline = deadline, .told = clock_now()};
	enum check_status status = CHECK_DONE;
	struct replies *replies = replies_load(err);

	if (replies == NULL)
		return CHECK_FAILED;
	reading.capture = capture_new();
	struct source *sources = in_order(settings);
	for (size_t i = 0; i < settings->file_count; i++)
		if (read_file(&reading, settings, sources[i].path, err) != 0)
			status = CHECK_FAILED;
	capture_end(reading.capture);
	tell_totals(&reading);
	tell_sessions(&reading, replies);
	if (capture_totals(reading.capture)->apart || settings->file_count == 2)
		join_files(&reading, sources, settings->file_count);
	free(sources);
	if (status == CHECK_DONE && flows_totals(capture_flows(reading.capture))->sessions == 0)
		status = nothing_found(&reading, err);
	capture_free(reading.capture);
	replies_free(replies);
	return status;
}

const struct check check_capture = {.name = "capture",
                                    .title = N_("who kept whom waiting, packet by packet"),
                                    .takes = TAKES_FILES,
                                    .reads = capture_file_is_one,
                                    .limit = LIMIT_S,
                                    .run = run_check};
