#include "smtp/software.h"

#include "base/xalloc.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

/*
 * Signs, matched against the text of a reply without its codes. A weight says how sure the sign is: a product's own name
 * 3, wording that only this product uses 2, wording that it shares with derived products 1. The first subexpression is
 * the version, when version is set.
 */
static const struct sign {
	enum smtp_phase phase;
	const char *software;
	int weight;
	bool version;
	const char *pattern;
} signs[] = {
    /* by name */
    {SMTP_BANNER, "imsva", 3, false, "IMSVA|InterScan|IMSS"},
    {SMTP_BANNER, "exim", 3, true, "Exim ([0-9][0-9._]*[A-Za-z0-9]*)"},
    {SMTP_BANNER, "exim", 3, false, "Exim"},
    {SMTP_BANNER, "sendmail", 3, true, "Sendmail ([0-9][0-9.]*)"},
    {SMTP_BANNER, "sendmail", 3, false, "Sendmail"},
    {SMTP_BANNER, "opensmtpd", 3, false, "OpenSMTPD"},
    {SMTP_BANNER, "postfix", 3, true, "Postfix.*[( ]([0-9]+\\.[0-9]+[0-9.]*)"},
    {SMTP_BANNER, "postfix", 3, false, "Postfix"},
    {SMTP_BANNER, "ses", 3, false, "SimpleEmailService"},
    {SMTP_BANNER, "gmail", 3, false, "gsmtp$|smtp-relay\\.gmail|mx\\.google\\.com"},
    {SMTP_BANNER, "yahoo", 3, false, "yahoo(dns)?\\.|YSmtp"},
    {SMTP_BANNER, "exchange-online", 3, false, "(outlook|protection\\.outlook|prod\\.protection|office365)\\.com"},
    {SMTP_BANNER, "exchange", 3, false, "Microsoft ESMTP MAIL Service"},
    {SMTP_BANNER, "haraka", 3, true, "Haraka/?([0-9][0-9.]*)"},
    {SMTP_BANNER, "haraka", 3, false, "Haraka"},
    {SMTP_BANNER, "courier", 3, false, "Courier"},
    {SMTP_BANNER, "hmailserver", 3, false, "hMailServer"},
    {SMTP_BANNER, "icloud", 3, false, "icloud\\.com|iCloud"},
    {SMTP_BANNER, "mimecast", 3, false, "mimecast"},
    {SMTP_BANNER, "proofpoint", 3, false, "pphosted|ppe-hosted|Proofpoint"},
    {SMTP_BANNER, "other", 3, false, "nodemailer|Stalwart|Zimbra|MDaemon|Kerio|Lotus|Domino|CommuniGate|Axigen|James"},

    /* by wording */
    {SMTP_EHLO, "exim", 2, false, " Hello .* \\[[0-9A-Fa-f.:]+\\]$"},
    {SMTP_EHLO, "sendmail", 2, false, " Hello .*, pleased to meet you"},
    {SMTP_EHLO, "exchange", 2, false, "X-ANONYMOUSTLS|X-EXPS|XEXCH50|XRDST"},
    {SMTP_EHLO, "gmail", 2, false, " at your service"},
    {SMTP_EHLO, "haraka", 2, false, "Haraka is at your service"},
    {SMTP_STARTTLS, "postfix", 1, false, "^Ready to start TLS$"},
    {SMTP_STARTTLS, "exim", 2, false, "^TLS go ahead$"},
    {SMTP_STARTTLS, "exchange", 2, false, "^SMTP server ready$"},
    {SMTP_MAIL, "exim", 1, false, "^OK$"},
    {SMTP_MAIL, "postfix", 1, false, "^Ok$"},
    {SMTP_MAIL, "sendmail", 2, false, "Sender ok$"},
    {SMTP_MAIL, "exchange", 1, false, "Sender OK$"},
    {SMTP_RCPT, "exim", 1, false, "^Accepted$"},
    {SMTP_RCPT, "sendmail", 2, false, "Recipient ok$"},
    {SMTP_RCPT, "exchange", 1, false, "Recipient OK$"},
    {SMTP_RCPT, "opensmtpd", 3, false, "Destination address valid: Recipient ok$"},
    {SMTP_DATA, "postfix", 2, false, "^End data with <CR><LF>\\.<CR><LF>$"},
    {SMTP_DATA, "exim", 2, false, "^Enter message, ending with \"\\.\" on a line by itself$"},
    {SMTP_DATA, "sendmail", 1, false, "^Enter mail, end with \"\\.\" on a line by itself$"},
    {SMTP_DATA, "exchange", 2, false, "^Start mail input; end with <CRLF>\\.<CRLF>$"},
    {SMTP_DATA, "haraka", 2, false, "go ahead, make my day"},
    {SMTP_DATA, "ses", 2, false, "^End data with \\.$"},
    {SMTP_DATA, "gmail", 2, false, "gsmtp$"},
    {SMTP_QUIT, "exim", 2, false, "closing connection$"},
    {SMTP_QUIT, "postfix", 1, false, "^Bye$"},
};

void smtp_software_init(struct smtp_software *software)
{
	*software = (struct smtp_software){.name = "unknown"};
}

static void take(struct smtp_software *software, const struct sign *sign, const char *text, const regmatch_t *found)
{
	/* Products borrow each other's wording: the surer sign wins, the earlier of two equal ones stays. */
	if (sign->weight <= software->weight)
		return;
	software->version[0] = '\0';
	if (sign->version)
		snprintf(software->version, sizeof software->version, "%.*s", (int)(found[1].rm_eo - found[1].rm_so),
		         text + found[1].rm_so);
	software->name = sign->software;
	software->weight = sign->weight;
	snprintf(software->because, sizeof software->because, "%s: %.*s", smtp_phases[sign->phase].name, 120, text);
}

static void compare(struct smtp_software *software, const struct sign *sign, const char *text)
{
	regex_t pattern;
	regmatch_t found[2];

	if (regcomp(&pattern, sign->pattern, REG_EXTENDED) != 0)
		die("software.c: a sign is no regular expression");
	if (regexec(&pattern, text, 2, found, 0) == 0)
		take(software, sign, text, found);
	regfree(&pattern);
}

void smtp_software_hear(struct smtp_software *software, enum smtp_phase phase, const struct smtp_reply *reply)
{
	char line[SMTP_REPLY_KEPT];

	for (const char *at = reply->text; *at != '\0'; at += at[0] == '\n') {
		size_t size = strcspn(at, "\n");
		snprintf(line, sizeof line, "%.*s", (int)size, at);
		for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
			if (signs[i].phase == phase)
				compare(software, &signs[i], line);
		at += size;
	}
}
