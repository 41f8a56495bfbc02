#include "capture/guess.h"

#include <string.h>
#include <strings.h>

#define COMMAND_MAX   512  /* B of a command, and more than a usual group of them */
#define GROUP_MAX     8192 /* B of many commands sent together, where letters say that they are commands */
#define STARTTLS_SIZE 10
#define QUIT_SIZE     6
#define QUIT_RECORD   46 /* B, with what TLS adds; MAIL needs more */

void guess_init(struct guess *g, bool encrypted, bool greeted)
{
	*g = (struct guess){.encrypted = encrypted, .phase = greeted ? SMTP_EHLO : SMTP_PHASES};
}

/* Verbs by their first two letters, with the size of those that have one: a message may begin alike. */
static enum smtp_phase phase_by_letters(const uint8_t *bytes, size_t size)
{
	static const struct {
		char letters[3];
		size_t size; /* 0: any */
		enum smtp_phase phase;
	} verbs[] = {
	    {"EH", 0, SMTP_EHLO}, {"HE", 0, SMTP_EHLO}, {"ST", STARTTLS_SIZE, SMTP_STARTTLS},
	    {"MA", 0, SMTP_MAIL}, {"RC", 0, SMTP_RCPT}, {"DA", 6, SMTP_DATA},
	    {"BD", 0, SMTP_BODY}, {"RS", 6, SMTP_MAIL}, {"QU", QUIT_SIZE, SMTP_QUIT},
	    {"AU", 0, SMTP_MAIL}, {"NO", 6, SMTP_MAIL},
	};

	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (strncasecmp((const char *)bytes, verbs[i].letters, 2) == 0 &&
		    (verbs[i].size == 0 || verbs[i].size == size))
			return verbs[i].phase;
	return SMTP_PHASES;
}

/* By its size, and what was before. */
static enum smtp_phase phase_by_size(const struct guess *g, size_t size)
{
	if (g->turns == 1)
		return SMTP_EHLO;
	if (g->phase == SMTP_END && size <= (g->encrypted ? QUIT_RECORD : QUIT_SIZE))
		return SMTP_QUIT;
	if (!g->encrypted && g->turns == 2 && size == STARTTLS_SIZE)
		return SMTP_STARTTLS;
	return SMTP_MAIL;
}

static void begin_turn(struct guess *g, const uint8_t *bytes, size_t known, size_t size)
{
	const enum smtp_phase read = known >= 2 ? phase_by_letters(bytes, size) : SMTP_PHASES;

	g->turns++;
	g->said = 0;
	g->command = read < SMTP_BODY;
	if (read < SMTP_PHASES)
		g->phase = read;
	else if (g->message_due || (known >= 2 && g->turns > 2))
		g->phase = SMTP_BODY; /* no command that is known */
	else
		g->phase = phase_by_size(g, size);
	g->message_due = false;
}

enum smtp_phase guess_client(struct guess *g, const uint8_t *bytes, size_t known, size_t size, double time)
{
	if (!g->talked || g->spoke == SERVER)
		begin_turn(g, bytes, known, size);
	g->talked = true;
	g->spoke = CLIENT;
	g->said += size;
	if (g->turns > 1 && g->said > (g->command ? GROUP_MAX : COMMAND_MAX))
		g->phase = SMTP_BODY;
	g->asked_at = time;
	return g->phase;
}

enum smtp_phase guess_server(struct guess *g, const uint8_t *bytes, size_t known)
{
	const bool goes_on = g->talked && g->spoke == SERVER;

	g->talked = true;
	g->spoke = SERVER;
	g->message_due = g->message_due || (known >= 2 && memcmp(bytes, "35", 2) == 0);
	if (g->phase == SMTP_PHASES)
		return SMTP_BANNER; /* session tickets of TLS 1.3 may come before it */
	if (goes_on || g->turns == 0)
		return SMTP_PHASES;
	if (g->phase == SMTP_BODY)
		g->phase = SMTP_END;
	return g->phase;
}
