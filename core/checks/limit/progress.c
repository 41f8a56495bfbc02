#include "checks/limit/progress.h"

#include "base/i18n.h"

#include <math.h>
#include <stdio.h>

void limit_progress_add(struct limit_progress *progress, const struct smtp_session *session, double seconds)
{
	const int place = progress->count++ % LIMIT_SHOWN;

	progress->sessions[place].number = progress->count;
	progress->sessions[place].seconds = seconds;
	progress->sessions[place].status = session->status;
	progress->sessions[place].code = session->status == SMTP_REFUSED ? session->reply.code : 0;
	progress->taken += session->status == SMTP_OK;
}

static void add_session(const struct limit_progress *progress, int place, double slowest, struct tally *tally)
{
	const double seconds = progress->sessions[place].seconds;
	const enum smtp_status status = progress->sessions[place].status;
	char label[40], value[40], note[40];

	snprintf(label, sizeof label, _("session %d"), progress->sessions[place].number);
	snprintf(value, sizeof value, "%.2f s", seconds);
	if (progress->sessions[place].code != 0)
		snprintf(note, sizeof note, _("refused, %d"), progress->sessions[place].code);
	else
		snprintf(note, sizeof note, "%s", status == SMTP_OK ? _("taken") : smtp_status_name(status));
	tally_add(tally, label, value, 0, seconds / slowest, note);
}

void limit_progress_tell(const struct limit_progress *progress, int most, struct emit *e, const char *subject)
{
	const int shown = progress->count < LIMIT_SHOWN ? progress->count : LIMIT_SHOWN;
	struct tally tally;
	double slowest = 0;
	char value[40];

	tally_init(&tally);
	snprintf(value, sizeof value, _("%d of %d"), progress->taken, most);
	tally_add(&tally, _("taken"), value, 0, (double)progress->taken / most, "");
	for (int i = 0; i < shown; i++)
		slowest = fmax(slowest, progress->sessions[i].seconds);
	for (int i = 0; i < shown; i++) /* the latest first: it is what one waits for */
		add_session(progress, (progress->count - 1 - i) % LIMIT_SHOWN, slowest, &tally);
	emit_tally(e, subject, &tally);
	tally_done(&tally);
}
