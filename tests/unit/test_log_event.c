/* A line of each kind that the mail servers write must become the right event, pasted without its prefix too. */
#include "log/event.h"

#include "unit.h"

#include <math.h>
#include <stdio.h>

struct expected {
	const char *line;
	enum log_mta mta;
	enum log_kind kind;
	enum log_symptom symptom;
	enum log_phase phase;
	enum log_direction direction;
	const char *peer, *queue_id; /* "": none */
	double bytes, seconds, number;
	int code;
};

#define P "Mar  1 10:00:00 mx postfix/"

static const struct expected lines[] = {
    /* Postfix, as the server */
    {P "smtpd[9]: connect from mail.example.net[198.51.100.7]", LOG_POSTFIX, LOG_CONNECT, SYMPTOM_NONE, PHASE_NONE,
     LOG_IN, "198.51.100.7", "", -1, -1, -1, 0},
    {P "smtpd[9]: 0A1B2C3D4E: client=mail.example.net[2001:db8::7]", LOG_POSTFIX, LOG_ACCEPTED, SYMPTOM_NONE,
     PHASE_NONE, LOG_IN, "2001:db8::7", "0A1B2C3D4E", -1, -1, -1, 0},
    {P "qmgr[9]: 48rT2v1hQrz1J0N: from=<a@example.net>, size=3021, nrcpt=1 (queue active)", LOG_POSTFIX, LOG_QUEUED,
     SYMPTOM_NONE, PHASE_NONE, LOG_NOWHERE, "", "48rT2v1hQrz1J0N", 3021, -1, -1, 0},
    {P "qmgr[9]: 0A1B2C3D4E: removed", LOG_POSTFIX, LOG_REMOVED, SYMPTOM_NONE, PHASE_NONE, LOG_NOWHERE, "",
     "0A1B2C3D4E", -1, -1, -1, 0},
    {P "smtpd[9]: timeout after DATA (0 bytes) from unknown[198.51.100.7]", LOG_POSTFIX, LOG_TROUBLE, SYMPTOM_TIMEOUT,
     PHASE_BODY, LOG_IN, "198.51.100.7", "", 0, -1, -1, 0},
    {P "smtpd[9]: 0A1B2C3D4E: timeout after DATA (1448 bytes) from unknown[198.51.100.7]", LOG_POSTFIX, LOG_TROUBLE,
     SYMPTOM_TIMEOUT, PHASE_BODY, LOG_IN, "198.51.100.7", "0A1B2C3D4E", 1448, -1, -1, 0},
    {P "submission/smtpd[9]: NOQUEUE: lost connection after AUTH from unknown[198.51.100.7]", LOG_POSTFIX, LOG_TROUBLE,
     SYMPTOM_LOST, PHASE_AUTH, LOG_IN, "198.51.100.7", "", -1, -1, -1, 0},
    {P "smtpd[9]: timeout after END-OF-MESSAGE from a.example[198.51.100.7]", LOG_POSTFIX, LOG_TROUBLE, SYMPTOM_TIMEOUT,
     PHASE_QUIT, LOG_IN, "198.51.100.7", "", -1, -1, -1, 0},
    {P "smtpd[9]: lost connection after CONNECT from unknown[unknown]", LOG_POSTFIX, LOG_TROUBLE, SYMPTOM_LOST,
     PHASE_BANNER, LOG_IN, "", "", -1, -1, -1, 0},
    {P "smtpd[9]: warning: Connection concurrency limit exceeded: 51 from a.example[198.51.100.7] for service smtp",
     LOG_POSTFIX, LOG_TROUBLE, SYMPTOM_TOO_MANY, PHASE_BANNER, LOG_IN, "198.51.100.7", "", -1, -1, 51, 0},
    {P "smtpd[9]: warning: Message delivery request rate limit exceeded: 31 from a.example[198.51.100.7] for service "
       "smtp",
     LOG_POSTFIX, LOG_TROUBLE, SYMPTOM_RATE, PHASE_MAIL, LOG_IN, "198.51.100.7", "", -1, -1, 31, 0},
    {P "master[9]: warning: service \"smtp\" (25) has reached its process limit \"100\": new clients may experience "
       "noticeable delays",
     LOG_POSTFIX, LOG_TROUBLE, SYMPTOM_PROCESS_LIMIT, PHASE_CONNECT, LOG_IN, "", "", -1, -1, 100, 0},
    {P "smtpd[9]: NOQUEUE: reject: RCPT from a.example[198.51.100.7]: 450 4.7.1 <b@c>: Recipient address rejected: "
       "Greylisted; "
       "from=<a@b> to=<b@c>",
     LOG_POSTFIX, LOG_TROUBLE, SYMPTOM_GREYLIST, PHASE_RCPT, LOG_IN, "198.51.100.7", "", -1, -1, -1, 450},
    {P "postscreen[9]: NOQUEUE: reject: CONNECT from [198.51.100.7]:4000: all server ports busy", LOG_POSTFIX,
     LOG_TROUBLE, SYMPTOM_PROCESS_LIMIT, PHASE_BANNER, LOG_IN, "198.51.100.7", "", -1, -1, -1, 0},
    {P "postscreen[9]: NOQUEUE: reject: CONNECT from [198.51.100.7]:4000: too many connections", LOG_POSTFIX,
     LOG_TROUBLE, SYMPTOM_TOO_MANY, PHASE_BANNER, LOG_IN, "198.51.100.7", "", -1, -1, -1, 0},
    {P "postscreen[9]: PREGREET 11 after 0.1 from [198.51.100.7]:4000: EHLO spam\\r\\n", LOG_POSTFIX, LOG_TROUBLE,
     SYMPTOM_NOISE, PHASE_BANNER, LOG_IN, "198.51.100.7", "", -1, -1, -1, 0},
    {P "anvil[9]: statistics: max connection count 12 for (smtpd:2001:db8::7) at Mar  1 09:59:59", LOG_POSTFIX,
     LOG_MAXIMUM, SYMPTOM_TOO_MANY, PHASE_NONE, LOG_IN, "2001:db8::7", "", -1, -1, 12, 0},
    {P "anvil[9]: statistics: max connection rate 40/60s for (127.0.0.1:2525:198.51.100.7) at Mar  1 09:59:59",
     LOG_POSTFIX, LOG_MAXIMUM, SYMPTOM_RATE, PHASE_NONE, LOG_IN, "198.51.100.7", "", -1, -1, 40, 0},
    {P "smtpd[9]: SSL_accept error from a.example[198.51.100.7]: Connection timed out", LOG_POSTFIX, LOG_TROUBLE,
     SYMPTOM_TLS, PHASE_TLS, LOG_IN, "198.51.100.7", "", -1, -1, -1, 0},
    {P "cleanup[9]: 0A1B2C3D4E: milter-reject: END-OF-MESSAGE from a.example[198.51.100.7]: 4.7.1 Service unavailable "
       "- try "
       "again later; from=<a@b>",
     LOG_POSTFIX, LOG_TROUBLE, SYMPTOM_MILTER, PHASE_QUIT, LOG_IN, "198.51.100.7", "0A1B2C3D4E", -1, -1, -1, 0},
    {P "smtpd[9]: warning: a.example[198.51.100.7]: SASL LOGIN authentication failed: UGFzc3dvcmQ6", LOG_POSTFIX,
     LOG_TROUBLE, SYMPTOM_AUTH, PHASE_AUTH, LOG_IN, "198.51.100.7", "", -1, -1, -1, 0},
    {P "cleanup[9]: warning: 0A1B2C3D4E: write queue file: No space left on device", LOG_POSTFIX, LOG_TROUBLE,
     SYMPTOM_DISK, PHASE_NONE, LOG_NOWHERE, "", "0A1B2C3D4E", -1, -1, -1, 0},
    {P "smtpd[9]: warning: something never said before", LOG_POSTFIX, LOG_UNKNOWN, SYMPTOM_NONE, PHASE_NONE,
     LOG_NOWHERE, "", "", -1, -1, -1, 0},
    {P "smtpd[9]: Anonymous TLS connection established from a.example[198.51.100.7]: TLSv1.3", LOG_POSTFIX, LOG_PLAIN,
     SYMPTOM_NONE, PHASE_NONE, LOG_NOWHERE, "", "", -1, -1, -1, 0},

    /* Postfix, as the client */
    {P "smtp[9]: 0A1B2C3D4E: to=<b@c>, relay=mx.example.org[192.0.2.25]:25, delay=1.5, delays=0.1/0/1/0.4, dsn=2.0.0, "
       "status=sent (250 2.0.0 Ok)",
     LOG_POSTFIX, LOG_SENT, SYMPTOM_NONE, PHASE_NONE, LOG_OUT, "192.0.2.25", "0A1B2C3D4E", -1, -1, -1, 0},
    {P "smtp[9]: 0A1B2C3D4E: to=<b@c>, orig_to=<d>, relay=mx.example.org[192.0.2.25]:25, delay=183, "
       "delays=1/0/0.5/180, dsn=4.4.2, status=deferred (conversation with mx.example.org[192.0.2.25] timed out while "
       "sending "
       "message body)",
     LOG_POSTFIX, LOG_DEFERRED, SYMPTOM_TIMEOUT, PHASE_BODY, LOG_OUT, "192.0.2.25", "0A1B2C3D4E", -1, 180.5, -1, 0},
    {P "smtp[9]: 0A1B2C3D4E: to=<b@c>, relay=none, delay=30, delays=0/0/30/0, dsn=4.4.1, status=deferred (connect to "
       "mx.example.org[192.0.2.25]:25: Connection timed out)",
     LOG_POSTFIX, LOG_DEFERRED, SYMPTOM_CONNECT_TIMEOUT, PHASE_CONNECT, LOG_OUT, "192.0.2.25", "0A1B2C3D4E", -1, 30, -1,
     0},
    {P "smtp[9]: 0A1B2C3D4E: to=<b@c>, relay=mx.example.org[192.0.2.25]:25, delay=1, delays=0/0/1/0, dsn=4.7.0, "
       "status=deferred (host mx.example.org[192.0.2.25] refused to talk to me: 421 4.7.0 mx Error: too many "
       "connections from "
       "198.51.100.1)",
     LOG_POSTFIX, LOG_DEFERRED, SYMPTOM_TOO_MANY, PHASE_BANNER, LOG_OUT, "192.0.2.25", "0A1B2C3D4E", -1, 1, -1, 421},
    {P "smtp[9]: 0A1B2C3D4E: to=<b@c>, relay=mx.example.org[192.0.2.25]:25, delay=1, delays=0/0/1/0, dsn=5.1.1, "
       "status=bounced (host mx.example.org[192.0.2.25] said: 550 5.1.1 no such user (in reply to RCPT TO command))",
     LOG_POSTFIX, LOG_BOUNCED, SYMPTOM_REFUSED, PHASE_RCPT, LOG_OUT, "192.0.2.25", "0A1B2C3D4E", -1, 1, -1, 550},
    {P "smtp[9]: connect to mx.example.org[2001:db8::25]:25: Network is unreachable", LOG_POSTFIX, LOG_TROUBLE,
     SYMPTOM_UNREACHABLE, PHASE_CONNECT, LOG_OUT, "2001:db8::25", "", -1, -1, -1, 0},
    {P "smtp[9]: 0A1B2C3D4E: lost connection with mx.example.org[192.0.2.25] while sending end of data -- message may "
       "be sent "
       "more than once",
     LOG_POSTFIX, LOG_TROUBLE, SYMPTOM_LOST, PHASE_END, LOG_OUT, "192.0.2.25", "0A1B2C3D4E", -1, -1, -1, 0},
    {P "smtp[9]: 0A1B2C3D4E: to=<b@c>, relay=127.0.0.1[127.0.0.1]:10024, delay=601, delays=0/0/0/601, dsn=4.4.2, "
       "status=deferred (conversation with 127.0.0.1[127.0.0.1] timed out while sending end of data -- message may be "
       "sent "
       "more than once)",
     LOG_POSTFIX, LOG_DEFERRED, SYMPTOM_PROXY, PHASE_END, LOG_OUT, "127.0.0.1", "0A1B2C3D4E", -1, 601, -1, 0},
    {P "smtp[9]: 0A1B2C3D4E: to=<b@c>, relay=none, delay=5, delays=0/0/5/0, dsn=4.4.3, status=deferred (Host or domain "
       "name not "
       "found. Name service error for name=example.org type=MX: Host not found, try again)",
     LOG_POSTFIX, LOG_DEFERRED, SYMPTOM_DNS, PHASE_CONNECT, LOG_OUT, "", "0A1B2C3D4E", -1, 5, -1, 0},

    /* Exim */
    {"2026-03-01 10:00:00 1wAbCd-000000012Ab-3cDe <= a@b H=mail.example.net (helo) [198.51.100.7]:4321 P=esmtps S=3021 "
     "id=x",
     LOG_EXIM, LOG_ACCEPTED, SYMPTOM_NONE, PHASE_NONE, LOG_IN, "198.51.100.7", "1wAbCd-000000012Ab-3cDe", 3021, -1, -1,
     0},
    {"2026-03-01 10:00:00 1wAbCd-000123-Ab => b@c R=dnslookup T=remote_smtp H=mx.example.org [192.0.2.25] C=\"250 OK\" "
     "QT=3s "
     "DT=1s",
     LOG_EXIM, LOG_SENT, SYMPTOM_NONE, PHASE_NONE, LOG_OUT, "192.0.2.25", "1wAbCd-000123-Ab", -1, 1, -1, 0},
    {"2026-03-01 10:00:00 1wAbCd-000123-Ab == b@c R=dnslookup T=remote_smtp defer (110): Connection timed out "
     "H=mx.example.org [192.0.2.25]: SMTP timeout after sending data block (81890 bytes written) DT=5m3s",
     LOG_EXIM, LOG_DEFERRED, SYMPTOM_TIMEOUT, PHASE_BODY, LOG_OUT, "192.0.2.25", "1wAbCd-000123-Ab", 81890, 303, -1, 0},
    {"2026-03-01 10:00:00 1wAbCd-000123-Ab H=mx.example.org [192.0.2.25]: SMTP error from remote mail server after "
     "RCPT "
     "TO:<b@c>: 451 4.7.1 Greylisted, please come back later",
     LOG_EXIM, LOG_TROUBLE, SYMPTOM_GREYLIST, PHASE_RCPT, LOG_OUT, "192.0.2.25", "1wAbCd-000123-Ab", -1, -1, -1, 451},
    {"2026-03-01 10:00:00 1wAbCd-000123-Ab Completed", LOG_EXIM, LOG_REMOVED, SYMPTOM_NONE, PHASE_NONE, LOG_NOWHERE, "",
     "1wAbCd-000123-Ab", -1, -1, -1, 0},
    {"2026-03-01 10:00:00 +0100 [77] SMTP data timeout (message abandoned) on connection from (helo) "
     "[198.51.100.7]:4321 "
     "F=<a@b> D=5m2s",
     LOG_EXIM, LOG_TROUBLE, SYMPTOM_TIMEOUT, PHASE_BODY, LOG_IN, "198.51.100.7", "", -1, 302, -1, 0},
    {"2026-03-01 10:00:00 SMTP connection from mail.example.net [198.51.100.7]:4321 lost while reading message data "
     "(header)",
     LOG_EXIM, LOG_TROUBLE, SYMPTOM_LOST, PHASE_BODY, LOG_IN, "198.51.100.7", "", -1, -1, -1, 0},
    {"2026-03-01 10:00:00 SMTP connection from [198.51.100.7]:4321 (TCP/IP connection count = 17)", LOG_EXIM,
     LOG_CONNECT, SYMPTOM_NONE, PHASE_NONE, LOG_IN, "198.51.100.7", "", -1, -1, 17, 0},
    {"2026-03-01 10:00:00 Connection from [198.51.100.7] refused: too many connections", LOG_EXIM, LOG_TROUBLE,
     SYMPTOM_PROCESS_LIMIT, PHASE_BANNER, LOG_IN, "198.51.100.7", "", -1, -1, -1, 0},
    {"2026-03-01 10:00:00 Connection from [198.51.100.7] refused: too many connections from that IP address", LOG_EXIM,
     LOG_TROUBLE, SYMPTOM_TOO_MANY, PHASE_BANNER, LOG_IN, "198.51.100.7", "", -1, -1, -1, 0},
    {"2026-03-01 10:00:00 H=(x) [198.51.100.7] F=<a@b> temporarily rejected RCPT <c@d>: Could not complete sender "
     "verify",
     LOG_EXIM, LOG_TROUBLE, SYMPTOM_REFUSED, PHASE_RCPT, LOG_IN, "198.51.100.7", "", -1, -1, -1, 0},

    {"2026-03-01 10:00:00 U=mailnull F=<a@b> rejected RCPT <c@d>", LOG_EXIM, LOG_TROUBLE, SYMPTOM_REFUSED, PHASE_RCPT,
     LOG_IN, "", "", -1, -1, -1, 0},
    {"2026-03-01 10:00:00 H=[198.51.100.7]:62839 dropped by 'connect' ACL: no", LOG_EXIM, LOG_TROUBLE, SYMPTOM_REFUSED,
     PHASE_NONE, LOG_IN, "198.51.100.7", "", -1, -1, -1, 0},

    /* Sendmail */
    {"Mar  1 10:00:00 mx sm-mta[9]: 621A00Qt022248: a.example [198.51.100.7]: EXPN root [rejected]", LOG_SENDMAIL,
     LOG_TROUBLE, SYMPTOM_NOISE, PHASE_EHLO, LOG_IN, "198.51.100.7", "621A00Qt022248", -1, -1, -1, 0},
    {"Mar  1 10:00:00 mx sm-mta[9]: 621A00Qt022248: from=<a@b>, size=3021, class=0, nrcpts=1, msgid=<x@y>, "
     "relay=mail.example.net [198.51.100.7] (may be forged)",
     LOG_SENDMAIL, LOG_ACCEPTED, SYMPTOM_NONE, PHASE_NONE, LOG_IN, "198.51.100.7", "621A00Qt022248", 3021, -1, -1, 0},
    {"Mar  1 10:00:00 mx sm-mta[9]: 621A00Qt022248: to=<b@c>, delay=00:00:02, xdelay=00:00:01, mailer=esmtp, "
     "relay=mx.example.org. [192.0.2.25], dsn=2.0.0, stat=Sent (ok)",
     LOG_SENDMAIL, LOG_SENT, SYMPTOM_NONE, PHASE_NONE, LOG_OUT, "192.0.2.25", "621A00Qt022248", -1, 1, -1, 0},
    {"Mar  1 10:00:00 mx sm-mta[9]: 621A00Qt022248: to=<b@c>, delay=1+00:00:02, xdelay=00:05:03, mailer=esmtp, "
     "relay=mx.example.org. [192.0.2.25], dsn=4.0.0, stat=Deferred: Connection timed out with mx.example.org.",
     LOG_SENDMAIL, LOG_DEFERRED, SYMPTOM_CONNECT_TIMEOUT, PHASE_CONNECT, LOG_OUT, "192.0.2.25", "621A00Qt022248", -1,
     303, -1, 0},
    {"Mar  1 10:00:00 mx sm-mta[9]: 621A00Qt022248: timeout waiting for input from mx.example.org. [192.0.2.25] during "
     "client "
     "DATA status",
     LOG_SENDMAIL, LOG_TROUBLE, SYMPTOM_TIMEOUT, PHASE_END, LOG_OUT, "192.0.2.25", "621A00Qt022248", -1, -1, -1, 0},
    {"Mar  1 10:00:00 mx sm-mta[9]: 621A00Qt022248: collect: premature EOM: unexpected close", LOG_SENDMAIL,
     LOG_TROUBLE, SYMPTOM_LOST, PHASE_BODY, LOG_IN, "", "621A00Qt022248", -1, -1, -1, 0},
    {"Mar  1 10:00:00 mx sm-mta[9]: 621A00Qt022248: SYSERR(root): collect: relay=a.example [198.51.100.7], from=<a@b>, "
     "info=read timeout",
     LOG_SENDMAIL, LOG_TROUBLE, SYMPTOM_TIMEOUT, PHASE_BODY, LOG_IN, "198.51.100.7", "621A00Qt022248", -1, -1, -1, 0},
    {"Mar  1 10:00:00 mx sendmail[9]: rejecting connections on daemon MTA: load average: 14", LOG_SENDMAIL, LOG_TROUBLE,
     SYMPTOM_LOAD, PHASE_BANNER, LOG_IN, "", "", -1, -1, 14, 0},
    {"Mar  1 10:00:00 mx sendmail[9]: rejecting connections on daemon MTA: 40 children, max 40", LOG_SENDMAIL,
     LOG_TROUBLE, SYMPTOM_PROCESS_LIMIT, PHASE_BANNER, LOG_IN, "", "", -1, -1, 40, 0},
    {"Mar  1 10:00:00 mx sm-mta[9]: 621A00Qt022248: a.example [198.51.100.7] did not issue MAIL/EXPN/VRFY/ETRN during "
     "connection to MTA",
     LOG_SENDMAIL, LOG_TROUBLE, SYMPTOM_NOISE, PHASE_EHLO, LOG_IN, "198.51.100.7", "621A00Qt022248", -1, -1, -1, 0},
    {"Mar  1 10:00:00 mx sm-mta[9]: ruleset=check_relay, arg1=a, arg2=198.51.100.7, relay=a.example [198.51.100.7], "
     "reject=421 "
     "4.3.2 Connection rate limit exceeded.",
     LOG_SENDMAIL, LOG_TROUBLE, SYMPTOM_RATE, PHASE_BANNER, LOG_IN, "198.51.100.7", "", -1, -1, -1, 421},

    /* OpenSMTPD */
    {"Mar  1 10:00:00 mx smtpd[9]: 0123456789abcdef smtp connected address=198.51.100.7 host=a.example", LOG_OPENSMTPD,
     LOG_CONNECT, SYMPTOM_NONE, PHASE_NONE, LOG_IN, "198.51.100.7", "0123456789abcdef", -1, -1, -1, 0},
    {"Mar  1 10:00:00 mx smtpd[9]: 0123456789abcdef smtp disconnected reason=timeout", LOG_OPENSMTPD, LOG_TROUBLE,
     SYMPTOM_TIMEOUT, PHASE_NONE, LOG_IN, "", "0123456789abcdef", -1, -1, -1, 0},
    {"Mar  1 10:00:00 mx smtpd[9]: 0123456789abcdef mta delivery evpid=1 from=<a@b> to=<c@d> rcpt=<-> source=\"-\" "
     "relay=\"192.0.2.25 (mx.example.org)\" delay=5s result=\"TempFail\" stat=\"421 4.7.0 too many connections\"",
     LOG_OPENSMTPD, LOG_DEFERRED, SYMPTOM_TOO_MANY, PHASE_NONE, LOG_OUT, "192.0.2.25", "0123456789abcdef", -1, 5, -1,
     421},
    {"Mar  1 10:00:00 mx smtpd[9]: smtp-in: Failed command on session 1f55bdcdf16e28a3: \"MAIL FROM:<a@b>\" => 421 "
     "4.3.0: "
     "Temporary Error",
     LOG_OPENSMTPD, LOG_TROUBLE, SYMPTOM_BUSY, PHASE_NONE, LOG_IN, "", "", -1, -1, -1, 421},

    /* pasted without what stands before it */
    {"timeout after DATA (0 bytes) from mail.example.net[198.51.100.7]", LOG_POSTFIX, LOG_TROUBLE, SYMPTOM_TIMEOUT,
     PHASE_BODY, LOG_IN, "198.51.100.7", "", 0, -1, -1, 0},
    {"postfix/smtpd[9]: too many errors after RCPT from a.example[198.51.100.7]", LOG_POSTFIX, LOG_TROUBLE,
     SYMPTOM_PROTOCOL, PHASE_RCPT, LOG_IN, "198.51.100.7", "", -1, -1, -1, 0},
    {"SMTP data timeout (message abandoned) on connection from a.example [198.51.100.7]:25 F=<a@b>", LOG_EXIM,
     LOG_TROUBLE, SYMPTOM_TIMEOUT, PHASE_BODY, LOG_IN, "198.51.100.7", "", -1, -1, -1, 0},
    {"Mar  1 10:00:00 mx mail-out/smtp[9]: connect to mx.example.org[192.0.2.25]:25: Connection refused", LOG_POSTFIX,
     LOG_TROUBLE, SYMPTOM_CONNECT_REFUSED, PHASE_CONNECT, LOG_OUT, "192.0.2.25", "", -1, -1, -1, 0},
};

static void check_text(const char *line, const char *what, struct slice got, const char *expected)
{
	if (!slice_is(got, expected))
		fail_msg("%s\n%s is \"%.*s\", expected \"%s\"", line, what, (int)got.size, got.at, expected);
}

static void check_number(const char *line, const char *what, double got, double expected)
{
	if (fabs(got - expected) > 1e-9)
		fail_msg("%s\n%s is %g, expected %g", line, what, got, expected);
}

static void lines_become_events(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		const struct expected *x = &lines[i];
		struct log_clock clock;
		struct log_event e;

		log_clock_init(&clock, 1775000000);
		if (!log_event_parse(&clock, x->line, strlen(x->line), &e))
			fail_msg("not understood: %s", x->line);
		check_number(x->line, "mta", e.mta, x->mta);
		check_number(x->line, "kind", e.kind, x->kind);
		check_number(x->line, "symptom", e.symptom, x->symptom);
		check_number(x->line, "phase", e.phase, x->phase);
		check_number(x->line, "direction", e.direction, x->direction);
		check_text(x->line, "peer", e.peer, x->peer);
		check_text(x->line, "queue id", e.queue_id, x->queue_id);
		check_number(x->line, "bytes", e.bytes, x->bytes);
		check_number(x->line, "seconds", e.seconds, x->seconds);
		check_number(x->line, "number", e.number, x->number);
		check_number(x->line, "code", e.code, x->code);
	}
}

static void strangers_are_no_events(void **state)
{
	static const char *const strangers[] = {
	    "",
	    "Mar  1 10:00:00 mx sshd[9]: Did not receive identification string from 198.51.100.7 port 45064",
	    "Mar  1 10:00:00 mx dovecot[9]: imap-login: Login: user=<a>, method=PLAIN",
	    "Mar  1 10:00:00 mx kernel: timeout after DATA is no line of a kernel[9]",
	    "Dear colleague, the mail did not come through.",
	    "421 4.4.2 mx Error: timeout exceeded",
	    "MAIL FROM:<a@b>",
	};
	struct log_event e;

	(void)state;
	for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++)
		if (log_event_parse(NULL, strangers[i], strlen(strangers[i]), &e) && e.kind != LOG_UNKNOWN)
			fail_msg("taken for a line of %s: %s", log_mta_name(e.mta), strangers[i]);
}

/* A line that rotation or a terminal cut at any byte is survived, and never gives more than the whole line. */
static void cut_lines_do_no_harm(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		for (size_t size = 0; size <= strlen(lines[i].line); size++) {
			char *cut = malloc(size + 1); /* of its own, so that a sanitizer sees a byte too many */
			struct log_event e;
			memcpy(cut, lines[i].line, size);
			log_event_parse(NULL, cut, size, &e);
			free(cut);
		}
}

static void sent_lines_tell_their_time_on_demand(void **state)
{
	const char *line = P "smtp[9]: 0A1B2C3D4E: to=<b@c>, relay=mx.example.org[192.0.2.25]:25, delay=9.5, "
			     "delays=7.1/0.4/1.5/0.5, dsn=2.0.0, status=sent (250 Ok)";
	struct log_event e;

	(void)state;
	assert_true(log_event_parse(NULL, line, strlen(line), &e));
	check_number(line, "seconds", log_sent_seconds(&e), 2);
	line = P "smtp[9]: 0A1B2C3D4E: to=<b@c>, relay=none, delay=9.5, delays=7.1/x/y/z, status=sent (250 Ok)";
	assert_true(log_event_parse(NULL, line, strlen(line), &e));
	check_number(line, "seconds", log_sent_seconds(&e), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_become_events),
	    cmocka_unit_test(strangers_are_no_events),
	    cmocka_unit_test(cut_lines_do_no_harm),
	    cmocka_unit_test(sent_lines_tell_their_time_on_demand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
