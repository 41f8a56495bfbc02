#include "base/buf.h"
#include "base/i18n.h"
#include "checks/smtp/envelope.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#define MESSAGE_MAX 1048576

/* The date as RFC 5322 3.3 has it. Month and day names are English whatever the locale. */
static void add_date(struct buf *out)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t now = time(NULL);
	struct tm utc;

	if (gmtime_r(&now, &utc) == NULL)
		return;
	buf_printf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[utc.tm_wday], utc.tm_mday,
	           months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

static void add_message_id(struct buf *out, const char *host)
{
	unsigned long long number = 0;

	if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
		number = (unsigned long long)time(NULL);
	buf_printf(out, "Message-ID: <smtpdx.%llx@%s>\r\n", number, host);
}

char *message_new(const char *from, const char *rcpt, const char *host, size_t size, size_t *length)
{
	struct buf out;

	buf_init(&out, MESSAGE_MAX);
	add_date(&out);
	if (from[0] != '\0')
		buf_printf(&out, "From: <%s>\r\n", from);
	else
		buf_printf(&out, "From: smtpdx <postmaster@%s>\r\n", host);
	buf_printf(&out, "To: <%s>\r\n", rcpt);
	buf_printf(&out, "Subject: smtpdx test message\r\n");
	add_message_id(&out, host);
	buf_puts(&out, "Auto-Submitted: auto-generated\r\n\r\n");
	buf_puts(&out, "This is a test of the connection to your mail server by smtpdx, made by its user.\r\n");
	for (int line = 1; out.size + 74 <= size; line++)
		buf_printf(&out, "%06d ----------------------------------------------------------------\r\n", line);
	*length = out.size;
	return buf_take(&out);
}
