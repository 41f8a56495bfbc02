#include "smtp/phase.h"

#include <string.h>

const struct smtp_phase_def smtp_phases[SMTP_PHASES] = {
    [SMTP_CONNECT] = {"connect", 0, 0, "smtp.connect.delay", NULL},
    [SMTP_BANNER] = {"banner", 2, 300, "smtp.banner.delay", "smtp.banner.code"},
    [SMTP_EHLO] = {"ehlo", 2, 0, "smtp.ehlo.delay", "smtp.ehlo.code"},
    [SMTP_STARTTLS] = {"starttls", 2, 0, "smtp.starttls.delay", "smtp.starttls.code"},
    [SMTP_TLS] = {"tls", 0, 0, "smtp.tls.delay", NULL},
    [SMTP_MAIL] = {"mail", 2, 300, "smtp.mail.delay", "smtp.mail.code"},
    [SMTP_RCPT] = {"rcpt", 2, 300, "smtp.rcpt.delay", "smtp.rcpt.code"},
    [SMTP_DATA] = {"data", 3, 120, "smtp.data.delay", "smtp.data.code"},
    [SMTP_BODY] = {"body", 0, 180, "smtp.body.delay", "smtp.body.code"},
    [SMTP_END] = {"end", 2, 600, "smtp.end.delay", "smtp.end.code"},
    [SMTP_QUIT] = {"quit", 2, 0, "smtp.quit.delay", "smtp.quit.code"},
};

int smtp_phase_find(const char *name)
{
	for (int i = 0; i < SMTP_PHASES; i++)
		if (strcmp(smtp_phases[i].name, name) == 0)
			return i;
	return -1;
}
