/*
 * Whom the envelope names. When neither the user nor the target says, it is a guess: postmaster alone would do by
 * RFC 5321 4.5.1, but Postfix takes that past all of its restrictions, so it comes last.
 */
#include "checks/smtp/probe.h"

#include <stdio.h>
#include <string.h>

static void add(struct recipients *recipients, const char *domain)
{
	snprintf(recipients->list[recipients->count++], sizeof recipients->list[0], "%s%s%s", "postmaster",
	         domain[0] != '\0' ? "@" : "", domain);
}

void recipients_choose(struct recipients *recipients, const char *rcpt, const char *banner)
{
	char name[256];

	*recipients = (struct recipients){.guessed = rcpt == NULL};
	if (!recipients->guessed) {
		snprintf(recipients->list[recipients->count++], sizeof recipients->list[0], "%s", rcpt);
		return;
	}
	snprintf(name, sizeof name, "%.*s", (int)strcspn(banner, " "), banner);
	const char *dot = strchr(name, '.');
	if (dot != NULL && target_is_host_name(name)) {
		add(recipients, name);
		if (strchr(dot + 1, '.') != NULL)
			add(recipients, dot + 1);
	}
	add(recipients, "");
}

const char *recipient(const struct probe *p)
{
	return p->recipients.list[p->recipients.at];
}

bool recipient_fails(const struct probe *p)
{
	const struct smtp_session *s = &p->session;

	if (s->status != SMTP_REFUSED || p->recipients.at + 1 >= p->recipients.count || s->reply.code == 421)
		return false;
	const char *class = reply_class(p);
	return strcmp(class, "relaying") == 0 || (strcmp(class, "unknown-recipient") == 0 && s->reply.code >= 500);
}
