#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "checks/smtp/probe.h"
#include "checks/smtp/refusal.h"
#include "smtp/ident.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define SEGMENTS_MIN 10 /* with data; a share of fewer says little */
#define SACK_OPTION  36 /* bytes that a segment may be smaller for what it tells about others (RFC 2018) */

static void number(struct probe *p, const char *fact, double value)
{
	emit_number(p->plan->e, fact, p->subject, value);
}

static void text(struct probe *p, const char *fact, const char *value)
{
	if (value[0] != '\0')
		emit_text(p->plan->e, fact, p->subject, value);
}

static void flag(struct probe *p, const char *fact, bool value)
{
	emit_flag(p->plan->e, fact, p->subject, value);
}

void tell_note(struct probe *p, const char *note)
{
	emit_line(p->plan->e, p->subject, clock_now() - p->began, LINE_NOTE, note);
}

/* --- banner and EHLO */

static bool starts(const char *line, const char *with)
{
	return strncasecmp(line, with, strlen(with)) == 0;
}

/* Which protocol greets like that; a line with its code, or what came instead of one. */
static const char *protocol_of(const char *line)
{
	static const struct {
		const char *start, *protocol;
	} greetings[] = {
	    {"SSH-", "ssh"}, {"HTTP/", "http"}, {"<html", "http"},     {"<!doctype", "http"},
	    {"+OK", "pop3"}, {"* OK", "imap"},  {"* PREAUTH", "imap"}, {"* BYE", "imap"},
	};
	/* TLS records: alert or handshake, version 3.x */
	if (strncmp(line, "\\x15\\x03", 8) == 0 || strncmp(line, "\\x16\\x03", 8) == 0)
		return "tls";
	for (size_t i = 0; i < sizeof greetings / sizeof greetings[0]; i++)
		if (starts(line, greetings[i].start))
			return greetings[i].protocol;
	return "other";
}

static const char *protocol_of_banner(const char *banner)
{
	bool is_smtp = strcasestr(banner, "SMTP") != NULL;

	if (strcasestr(banner, "LMTP") != NULL && !is_smtp)
		return "lmtp";
	return strcasestr(banner, "FTP") != NULL && !is_smtp ? "ftp" : "smtp";
}

/* Firewalls that inspect SMTP leave stars, digits and blanks of a banner: "220 ******2*****0***". */
static bool is_masked(const char *banner)
{
	size_t stars = 0, size = strlen(banner);

	for (size_t i = 0; i < size; i++)
		stars += banner[i] == '*';
	return stars >= 5 && stars * 2 > size;
}

static void tell_banner(struct probe *p)
{
	const struct smtp_reply *reply = &p->session.steps[SMTP_BANNER].reply;
	char name[256];

	text(p, "smtp.banner.text", reply->first);
	number(p, "smtp.banner.lines", reply->lines);
	number(p, "smtp.banner.first", p->session.first_line_at - p->session.steps[SMTP_BANNER].at);
	flag(p, "smtp.banner.masked", is_masked(reply->first));
	text(p, "smtp.banner.protocol", protocol_of_banner(reply->first));
	snprintf(name, sizeof name, "%.*s", (int)strcspn(reply->first, " "), reply->first);
	if (reply->code == 220 && target_is_host_name(name))
		text(p, "smtp.banner.name", name);
}

void tell_asked(struct probe *p)
{
	const struct settings *settings = p->plan->settings;
	char port[16];

	if (settings->from != NULL)
		text(p, "smtp.asked.from", settings->from);
	if (settings->rcpt != NULL)
		text(p, "smtp.asked.rcpt", settings->rcpt);
	if (settings->helo != NULL)
		text(p, "smtp.asked.helo", settings->helo);
	snprintf(port, sizeof port, "%d", settings->port);
	/* With name servers of its own the target is one of a demo or a lab, whose ports are others the next time. */
	if (settings->port != 0 && settings->resolver == NULL)
		text(p, "smtp.asked.port", port);
}

void tell_ident(struct probe *p)
{
	if (p->ident_told)
		return;
	p->ident_told = true;
	text(p, "smtp.ident.question",
	     p->ident >= 0 ? ident_question(p->ident, &p->plan->endpoint->address) : "unseen");
	if (p->ident >= 0)
		close(p->ident);
	p->ident = -1;
}

static void tell_ehlo(struct probe *p)
{
	const struct smtp_features *features = &p->session.features;

	if (p->session.steps[SMTP_EHLO].reply.code / 100 != 2)
		return;
	text(p, "smtp.ehlo.used", p->session.helo_used ? "helo" : "ehlo");
	text(p, "smtp.helo", p->helo);
	text(p, "smtp.ehlo.text", p->session.steps[SMTP_EHLO].reply.first);
	if (p->session.helo_used)
		return;
	text(p, "smtp.ehlo.keywords", features->keywords);
	flag(p, "smtp.ehlo.masked", features->masked);
	flag(p, "smtp.starttls.offered", features->starttls);
	flag(p, "smtp.pipelining.offered", features->pipelining);
	if (features->size >= 0)
		number(p, "smtp.size.limit", features->size);
}

void tell_phase(struct probe *p, enum smtp_phase phase)
{
	const struct smtp_step *step = &p->session.steps[phase];
	const struct smtp_phase_def *def = &smtp_phases[phase];

	if (p->told[phase])
		return;
	p->told[phase] = true;
	if (phase == SMTP_CONNECT)
		text(p, "smtp.connect.outcome", "connected");
	if (phase != SMTP_BODY || p->body.outcome == SMTP_BODY_ACCEPTED)
		number(p, def->delay_fact, step->delay);
	if (def->code_fact != NULL && step->reply.code != 0)
		number(p, def->code_fact, step->reply.code);
	if (phase == SMTP_BANNER) {
		tell_ident(p);
		tell_banner(p);
	} else if (phase == SMTP_EHLO)
		tell_ehlo(p);
}

/* --- TLS */

/*
 * Why a handshake failed, by the words of OpenSSL and GnuTLS; the first that fits. Old TLS versions sign with SHA-1,
 * which is why our own library may be the one to refuse. The alert handshake_failure is what servers send for want of
 * a common cipher or signature; it could mean more, but hardly ever does.
 */
static const char *tls_fault(const struct smtp_session *s)
{
	static const struct {
		const char *words, *fault;
	} faults[] = {
	    {"wrong version number", "not-tls"},
	    {"packet length too long", "not-tls"},
	    {"http request", "not-tls"},
	    {"record overflow", "not-tls"},
	    {"unexpected message", "not-tls"},
	    {"unexpected packet", "not-tls"},
	    {"unsupported protocol", "version"},
	    {"protocol version", "version"},
	    {"unknown protocol", "version"},
	    {"version too low", "version"},
	    {"no protocols available", "version"},
	    {"legacy sigalg", "version"},
	    {"no shared cipher", "cipher"},
	    {"alert handshake failure", "cipher"},
	    {"no ciphers available", "cipher"},
	    {"insufficient security", "cipher"},
	    {"dh key too small", "cipher"},
	    {"key too small", "certificate"},
	    {"md too weak", "certificate"},
	    {"certificate", "certificate"},
	    {"alert", "other"},
	    {"Connection reset", "reset"},
	    {"unexpected eof", "closed"},
	    {"SSL_ERROR_SYSCALL", "closed"},
	    {"closed", "closed"},
	};

	if (s->tls.timed_out)
		return "timeout";
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
		if (strcasestr(s->tls.error, faults[i].words) != NULL)
			return s->tcp.dead && strcmp(faults[i].fault, "closed") == 0 ? "reset" : faults[i].fault;
	if (s->status == SMTP_SILENT || s->status == SMTP_CUT)
		return "timeout";
	return s->tcp.dead ? "reset" : s->tcp.closed_by_peer ? "closed" : "other";
}

/* What the certificate alone says; NULL when only the trust store could tell more. */
static const char *certificate_verdict(const struct probe *p)
{
	enum { DEPTH_ZERO_SELF_SIGNED = 18, SELF_SIGNED_IN_CHAIN = 19 }; /* X509_V_ERR numbers of OpenSSL */
	const struct smtp_tls *tls = &p->session.tls;
	const struct certificate *certificate = &tls->certificate;
	const char *host = p->plan->endpoint->host;

	if (tls->verify_result == DEPTH_ZERO_SELF_SIGNED || tls->verify_result == SELF_SIGNED_IN_CHAIN ||
	    (certificate->subject[0] != '\0' && strcmp(certificate->subject, certificate->issuer) == 0))
		return "self-signed";
	if (certificate->expires[0] != '\0' && certificate->left < 0)
		return "expired";
	if (host[0] != '\0' && !certificate_is_for(certificate, host))
		return "name-mismatch";
	return NULL;
}

static void tell_certificate(struct probe *p)
{
	const struct certificate *certificate = &p->session.tls.certificate;

	if (!p->session.tls.has_certificate)
		return;
	text(p, "smtp.tls.cert.subject", certificate->subject);
	text(p, "smtp.tls.cert.issuer", certificate->issuer);
	text(p, "smtp.tls.cert.names", certificate->names);
	text(p, "smtp.tls.cert.expires", certificate->expires);
	if (certificate->expires[0] != '\0')
		number(p, "smtp.tls.cert.left", certificate->left);
	const char *verdict = certificate_verdict(p);
	if (verdict != NULL)
		tell_trust(p, verdict);
	else
		p->ask_trust = true;
}

void tell_trust(struct probe *p, const char *word)
{
	text(p, "smtp.tls.verify", word);
}

/* Why there was no TLS, where the TLS library says nothing. */
static void tell_tls_failure(struct probe *p)
{
	const struct smtp_session *s = &p->session;
	char words[SMTP_LINE_KEPT];

	if (s->tls.error[0] != '\0')
		snprintf(words, sizeof words, "%s", s->tls.error);
	else if (s->tls.timed_out && s->tcp.queued > 0)
		snprintf(words, sizeof words, _("%.0f bytes of the handshake were never acknowledged"), s->tcp.queued);
	else if (s->tls.timed_out)
		snprintf(words, sizeof words, "%s", _("the handshake never went on"));
	else
		snprintf(words, sizeof words, _("the session was %s when STARTTLS was said"),
		         smtp_status_name(s->status));
	text(p, "smtp.tls.outcome", "failed");
	text(p, "smtp.tls.fault", tls_fault(s));
	text(p, "smtp.tls.error", words);
	if (s->tls.timed_out)
		number(p, "smtp.tls.unacked", s->tcp.queued);
}

/* STARTTLS is refused, and the session goes on without: the reply tells why. */
static void tell_starttls_refusal(struct probe *p)
{
	const struct smtp_reply *reply = &p->session.steps[SMTP_STARTTLS].reply;
	char *words = refusal_words(reply);

	text(p, "smtp.tls.outcome", "refused");
	text(p, "smtp.tls.error", words);
	text(p, "smtp.tls.refusal",
	     refusal_class(refusal_row(p->plan->replies, p->software.name, reply, SMTP_STARTTLS), reply->code));
	free(words);
}

void tell_tls(struct probe *p)
{
	const struct smtp_session *s = &p->session;
	const bool implicit = s->options.tls == SMTP_TLS_IMPLICIT;

	if (p->tls_told || (!implicit && !s->steps[SMTP_EHLO].ended))
		return;
	p->tls_told = true;
	if (s->tls.outcome == SMTP_TLS_DONE) {
		text(p, "smtp.tls.mode", implicit ? "implicit" : "starttls");
		text(p, "smtp.tls.outcome", "done");
		text(p, "smtp.tls.version", s->tls.version);
		text(p, "smtp.tls.cipher", s->tls.cipher);
		tell_certificate(p);
		return;
	}
	text(p, "smtp.tls.mode", implicit ? "implicit" : "none");
	if (s->tls.outcome == SMTP_TLS_BROKEN || (s->steps[SMTP_STARTTLS].begun && !s->steps[SMTP_STARTTLS].ended))
		tell_tls_failure(p);
	else if (s->steps[SMTP_STARTTLS].ended)
		tell_starttls_refusal(p);
	else
		text(p, "smtp.tls.outcome", s->features.starttls ? "skipped" : "not-offered");
}

/* --- body, patience, TCP */

static void tell_tcp(struct probe *p)
{
	const struct tcp_sample *tcp = &p->session.tcp;

	if (!p->session.steps[SMTP_CONNECT].ended)
		return;
	number(p, "tcp.mss", tcp->mss);
	number(p, "tcp.pmtu", tcp->pmtu);
	number(p, "tcp.rtt", tcp->rtt);
	number(p, "tcp.retransmits", tcp->retransmits);
	/* Where segments became smaller on the way, it was their size: path MTU discovery did its work. */
	if (tcp->segments >= SEGMENTS_MIN && tcp->mss + SACK_OPTION > p->session.first_mss)
		number(p, "tcp.loss", tcp->retransmits / tcp->segments);
	number(p, "tcp.backoff", tcp->backoff);
}

void tell_body(struct probe *p)
{
	const struct tcp_sample *tcp = &p->session.tcp;
	const char *outcome = "";

	if (p->body.outcome == SMTP_BODY_ACCEPTED)
		outcome = "accepted";
	else if (p->body.outcome == SMTP_BODY_STALLED)
		outcome = "stalled";
	else if (p->body.outcome == SMTP_BODY_EARLY_REPLY)
		outcome = "early-reply";
	else if (p->body.outcome == SMTP_BODY_ENDED)
		outcome = p->session.status == SMTP_RESET ? "reset" : "closed";
	text(p, "smtp.body.outcome", outcome);
	number(p, "smtp.body.bytes", p->body.sent);
	number(p, "smtp.body.unacked", p->body.unacked);
	number(p, "tcp.unacked", tcp->unacked);
	if (tcp->window >= 0)
		number(p, "tcp.window", tcp->window);
}

void tell_trips(struct probe *p, int trips, int lost)
{
	if (trips == 0)
		return;
	number(p, "tcp.trips", trips);
	number(p, "tcp.trips.lost", lost);
	number(p, "tcp.trips.loss", (double)lost / trips);
}

void tell_patience(struct probe *p)
{
	const enum smtp_status status = p->session.status;
	const char *end = p->forgotten                              ? "forgotten"
	                  : status == SMTP_REFUSED                  ? "reply"
	                  : status == SMTP_RESET                    ? "reset"
	                  : status == SMTP_OK || status == SMTP_CUT ? "outlasted"
	                                                            : "closed";

	number(p, "smtp.patience", p->waited);
	text(p, "smtp.patience.phase", smtp_phases[p->plan->idle].name);
	text(p, "smtp.patience.end", end);
}

/* --- the end */

static void tell_icmp(struct probe *p)
{
	const struct icmp_notice *icmp = &p->session.icmp;
	char numeric[INET6_ADDRSTRLEN];

	if (icmp->says == ICMP_SAYS_NOTHING)
		return;
	text(p, "smtp.connect.icmp", icmp_says_name(icmp->says));
	text(p, "smtp.connect.icmp.from", address_text(&icmp->from, numeric));
}

static void tell_unconnected(struct probe *p)
{
	const int sys = p->session.connect_error;

	text(p, "smtp.connect.outcome", smtp_connect_outcome(sys));
	text(p, "smtp.connect.error", sys != 0 ? strerror(sys) : p->session.curl_error);
	tell_icmp(p);
}

/* Wording that only one product has also tells the product, when nothing else did. */
static void tell_reply_server(struct probe *p, const char *server, const char *words)
{
	text(p, "smtp.reply.server", server);
	if (p->software.weight == 0 && strcmp(server, "other") != 0) {
		p->software.name = server;
		snprintf(p->software.because, sizeof p->software.because, "%s: %.120s",
		         smtp_phases[p->session.phase].name, words);
	}
}

/* What the catalogue knows about the last reply; NULL when nothing. */
static const struct reply_row *row_of_reply(const struct probe *p)
{
	return refusal_row(p->plan->replies, p->software.name, &p->session.reply, p->session.phase);
}

const char *reply_class(const struct probe *p)
{
	return refusal_class(row_of_reply(p), p->session.reply.code);
}

static void tell_reply(struct probe *p)
{
	const struct smtp_reply *reply = &p->session.reply;
	char *words = refusal_words(reply);
	const struct reply_row *row = row_of_reply(p);

	number(p, "smtp.reply.code", reply->code);
	text(p, "smtp.reply.enhanced", reply->enhanced);
	text(p, "smtp.reply.text", words);
	text(p, "smtp.reply.phase", smtp_phases[p->session.phase].name);
	text(p, "smtp.reply.class", reply_class(p));
	if (row != NULL) {
		if (strcmp(row->server, "any") != 0)
			tell_reply_server(p, row->server, words);
		text(p, "smtp.reply.setting", row->setting);
		text(p, "smtp.reply.means", row->means);
	}
	free(words);
}

void tell_protocol(struct probe *p)
{
	const char *protocol = protocol_of(p->session.fault_detail);

	if (p->session.status == SMTP_GARBAGE && strcmp(protocol, "other") != 0)
		text(p, "smtp.banner.protocol", protocol);
}

static void tell_fault(struct probe *p)
{
	const struct smtp_session *s = &p->session;

	if (s->fault != SMTP_FAULT_NONE) {
		text(p, "smtp.protocol.fault", smtp_fault_name(s->fault));
		text(p, "smtp.protocol.detail", s->fault_detail);
	}
	if (s->status == SMTP_GARBAGE && s->phase == SMTP_BANNER && !p->told[SMTP_BANNER])
		text(p, "smtp.banner.protocol", protocol_of(s->fault_detail));
}

static void tell_software(struct probe *p)
{
	text(p, "smtp.server.software", p->software.name);
	text(p, "smtp.server.version", p->software.version);
	text(p, "smtp.server.because", p->software.because);
}

void tell_end(struct probe *p)
{
	struct smtp_session *s = &p->session;

	for (enum smtp_phase phase = 0; phase < SMTP_PHASES; phase++)
		if (s->steps[phase].ended)
			tell_phase(p, phase);
	if (s->status == SMTP_NOT_CONNECTED)
		tell_unconnected(p);
	text(p, "smtp.outcome", s->status == SMTP_OK ? "complete" : smtp_status_name(s->status));
	text(p, "smtp.stage", smtp_phases[s->phase].name);
	number(p, "smtp.waited", p->waited);
	if (s->status == SMTP_REFUSED)
		tell_reply(p);
	tell_fault(p);
	if (p->told[SMTP_BANNER])
		tell_software(p);
	tell_tcp(p);
}
