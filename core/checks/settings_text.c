#include "checks/settings_text.h"

#include "base/i18n.h"
#include "dns/dns.h"
#include "log/when.h"
#include "smtp/phase.h"

#include <string.h>
#include <time.h>

#define MAILBOX_MAX 254 /* RFC 5321 4.5.3.1.3, without the angle brackets */
#define HELO_MAX    255 /* RFC 5321 4.5.3.1.2 */

int settings_sender_fits(const char *option, const char *text, struct err *err)
{
	return strcmp(text, "<>") == 0 ? 0 : settings_mailbox_fits(option, text, err);
}

int settings_mailbox_fits(const char *option, const char *text, struct err *err)
{
	if (strlen(text) <= MAILBOX_MAX && strpbrk(text, "<> \t\r\n") == NULL)
		return 0;
	return err_set(err, _("--%s: not an address: %s"), option, text);
}

/* RFC 5321 4.1.1.1: a name or an address literal, one word either way. */
int settings_helo_fits(const char *option, const char *text, struct err *err)
{
	if (text[0] != '\0' && strlen(text) <= HELO_MAX && strpbrk(text, " \t\r\n/\\") == NULL)
		return 0;
	return err_set(err, _("--%s: neither a host name nor an address literal: %s"), option, text);
}

int settings_phase_fits(const char *option, const char *text, struct err *err)
{
	static const char phases[] = "banner, ehlo, starttls, mail, rcpt, data, body";
	const int phase = smtp_phase_find(text);

	if (phase >= SMTP_BANNER && phase <= SMTP_BODY && phase != SMTP_TLS)
		return 0;
	return err_set(err, _("--%s: no such phase: %s (one of %s)"), option, text, phases);
}

int settings_resolvers_fit(const char *option, const char *text, struct err *err)
{
	struct dns_conf conf;

	(void)option; /* the only one that there is, and dns_conf_load() names it */
	return dns_conf_load(&conf, NULL, text, err);
}

int settings_moment_fits(const char *option, const char *text, struct err *err)
{
	struct err why;
	double moment;

	if (when_parse(text, time(NULL), &moment, &why) == 0)
		return 0;
	return err_set(err, _("--%s: %s"), option, why.text);
}
