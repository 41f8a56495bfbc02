/*
 * The part of a session that libcurl speaks: connection, banner, EHLO, STARTTLS. We watch through its debug callback,
 * which sees each line as it passes, and through TCP_INFO, which sees bytes that make no line.
 */
#include "base/clock.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "smtp/session.h"
#include "smtp/wire.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define NEVER_S     86400L  /* s; libcurl's own timers must not end what our deadline measures */
#define BUFFER_SIZE 262144L /* bytes; libcurl cuts lines of more than half of it before we see them */
#define TICK        0.25    /* s between looks at a connection on which nothing happens */
#define WATCH_TICK  0.02    /* s; the same when somebody else looks on */

/* Firewalls that rewrite EHLO replies put X for the letters of what they do not know, at times but for the last one. */
static bool is_masked(const char *keyword)
{
	size_t size = strcspn(keyword, " \n");

	return size >= 4 && strspn(keyword, "X") + 1 >= size;
}

void features_read(struct smtp_features *features, const struct smtp_reply *reply)
{
	char *at = features->keywords;
	size_t room = sizeof features->keywords;

	*features = (struct smtp_features){.size = -1};
	if (reply->code != 250)
		return;
	for (const char *line = reply->text + strcspn(reply->text, "\n"); line[0] == '\n' && line[1] != '\0';) {
		size_t size = strcspn(++line, "\n");
		if (size >= 8 && strncasecmp(line, "STARTTLS", size) == 0)
			features->starttls = true;
		else if (size == 10 && strncasecmp(line, "PIPELINING", size) == 0)
			features->pipelining = true;
		else if (strncasecmp(line, "SIZE", 4) == 0 && (size == 4 || line[4] == ' '))
			features->size = size > 5 ? strtod(line + 5, NULL) : 0;
		features->masked = features->masked || is_masked(line);
		int n = snprintf(at, room, "%s%.*s", at == features->keywords ? "" : ", ", (int)size, line);
		if (n < 0 || (size_t)n >= room)
			break;
		at += n;
		room -= (size_t)n;
		line += size;
	}
}

static bool is_command(const char *data, size_t size, const char *command)
{
	return size >= strlen(command) && strncmp(data, command, strlen(command)) == 0;
}

/* The connection stands: the timer of connecting ends, that of what comes first begins. */
static void note_connected(struct smtp_session *s)
{
	if (s->steps[SMTP_CONNECT].ended || tcp_sample(s->fd, &s->tcp) != 0 ||
	    (!s->tcp.connected && s->tcp.received == 0))
		return;
	s->first_mss = s->tcp.mss;
	icmp_listen(s->fd, s->options.address.ss_family, false);
	session_end_step(s, SMTP_CONNECT);
	if (s->options.tls == SMTP_TLS_IMPLICIT)
		smtp_begin(s, SMTP_TLS);
	else if (!s->options.raw)
		smtp_begin(s, SMTP_BANNER);
}

static void note_encrypted(struct smtp_session *s, const char *text)
{
	/* "SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384", from 8.x on followed by " / group / signature" */
	const char *version = strstr(text, "using ");

	if (version != NULL) {
		version += strlen("using ");
		size_t size = strcspn(version, " ");
		snprintf(s->tls.version, sizeof s->tls.version, "%.*s", (int)size, version);
		const char *cipher = version + size + strspn(version + size, " /");
		snprintf(s->tls.cipher, sizeof s->tls.cipher, "%.*s", (int)strcspn(cipher, " \n"), cipher);
	}
	s->tls.outcome = SMTP_TLS_DONE;
	session_end_step(s, SMTP_TLS);
	if (s->options.tls == SMTP_TLS_IMPLICIT && !s->options.raw)
		smtp_begin(s, SMTP_BANNER);
}

static void note_text(struct smtp_session *s, const char *data, size_t size)
{
	char text[256];

	text_clean(data, size, text, sizeof text);
	if (strncmp(text, "SSL connection using ", 21) == 0 && s->phase == SMTP_TLS)
		note_encrypted(s, text);
}

/* A line that libcurl has sent. EHLO is said again after STARTTLS; its timer and code stay those of the first time. */
static void note_said(struct smtp_session *s, const char *data, size_t size)
{
	char line[SMTP_LINE_KEPT];

	if (s->status != SMTP_OK) {
		/* It went out before libcurl could be stopped: part of the dialog, but no phase any more. */
	} else if (is_command(data, size, "EHLO") || is_command(data, size, "HELO")) {
		s->helo_used = is_command(data, size, "HELO");
		if (s->tls.outcome == SMTP_TLS_DONE && s->steps[SMTP_EHLO].ended && !s->helo_used)
			s->phase = SMTP_EHLO;
		else
			smtp_begin(s, SMTP_EHLO);
	} else if (is_command(data, size, "STARTTLS")) {
		smtp_begin(s, SMTP_STARTTLS);
	}
	session_line(s, LINE_OUT, text_clean(data, size, line, sizeof line));
}

static void note_reply(struct smtp_session *s)
{
	const bool again = s->phase == SMTP_EHLO && s->steps[SMTP_STARTTLS].ended;

	if (s->phase == SMTP_EHLO)
		features_read(&s->features, &s->reply);
	if (again) {
		if (s->reply.code == 421)
			s->status = SMTP_REFUSED;
		return;
	}
	session_reply(s, s->phase);
	if (s->status == SMTP_OK && s->phase == SMTP_STARTTLS && s->reply.code == 220)
		smtp_begin(s, SMTP_TLS);
}

static void note_heard(struct smtp_session *s, const char *data, size_t size)
{
	note_connected(s);
	while (size > 0 && s->status == SMTP_OK) {
		size_t used;
		if (session_parse(s, data, size, &used) == SMTP_PARSE_REPLY)
			note_reply(s);
		data += used;
		size -= used;
	}
}

static int on_debug(CURL *easy, curl_infotype type, char *data, size_t size, void *context)
{
	struct smtp_session *s = context;

	(void)easy;
	if (s->closing)
		return 0;
	if (type == CURLINFO_TEXT)
		note_text(s, data, size);
	else if (type == CURLINFO_HEADER_OUT)
		note_said(s, data, size);
	else if (type == CURLINFO_HEADER_IN)
		note_heard(s, data, size);
	return 0;
}

static curl_socket_t on_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct smtp_session *s = context;

	(void)purpose;
	if (s->fd >= 0)
		return CURL_SOCKET_BAD; /* one connection is all it gets */
	s->fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
	if (s->fd < 0) {
		s->connect_error = errno;
		return CURL_SOCKET_BAD;
	}
	if (s->options.mss > 0 &&
	    setsockopt(s->fd, IPPROTO_TCP, TCP_MAXSEG, &s->options.mss, sizeof s->options.mss) != 0) {
		s->connect_error = errno;
		close(s->fd);
		s->fd = -1;
		return CURL_SOCKET_BAD;
	}
	icmp_listen(s->fd, address->family, true);
	return s->fd;
}

/*
 * libcurl hangs up as soon as a greeting is refused. The descriptor is ours, so we keep it open: TCP_INFO tells how the
 * connection ended, and a server that refused us still gets its QUIT.
 */
static int on_close_socket(void *context, curl_socket_t fd)
{
	struct smtp_session *s = context;

	(void)fd;
	s->curl_is_out = true;
	return 0;
}

static void set(CURLcode result)
{
	if (result != CURLE_OK)
		die("libcurl does not know an option of version 7.85");
}

/* The address is connected to; the name, where there is one, stays for server name indication. */
static void set_address(struct smtp_session *s)
{
	const struct smtp_options *o = &s->options;
	const char *scheme = o->tls == SMTP_TLS_IMPLICIT ? (o->raw ? "https" : "smtps") : (o->raw ? "http" : "smtp");
	const int port = address_port(&o->address);
	char numeric[46], bracketed[48];
	char *helo = curl_easy_escape(s->easy, o->helo, 0);

	if (helo == NULL)
		die("out of memory");
	snprintf(bracketed, sizeof bracketed, o->address.ss_family == AF_INET6 ? "[%s]" : "%s",
	         address_text(&o->address, numeric));
	char *url = xasprintf("%s://%s:%d/%s", scheme, o->host[0] != '\0' ? o->host : bracketed, port, helo);
	set(curl_easy_setopt(s->easy, CURLOPT_URL, url));
	free(url);
	curl_free(helo);
	if (o->host[0] == '\0')
		return;
	char *entry = xasprintf("%s:%d:%s", o->host, port, bracketed);
	s->resolve = curl_slist_append(NULL, entry);
	set(curl_easy_setopt(s->easy, CURLOPT_RESOLVE, s->resolve));
	free(entry);
}

static void set_options(struct smtp_session *s)
{
	CURL *easy = s->easy;
	const long verify = s->options.verify ? 1L : 0L;

	set_address(s);
	set(curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps,http,https"));
	set(curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L));
	set(curl_easy_setopt(easy, CURLOPT_PROXY, ""));
	set(curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, NEVER_S));
	set(curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, NEVER_S));
	set(curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER_SIZE));
	set(curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L));
	set(curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug));
	set(curl_easy_setopt(easy, CURLOPT_DEBUGDATA, s));
	set(curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket));
	set(curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, s));
	set(curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket));
	set(curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, s));
	set(curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, s->curl_error));
	set(curl_easy_setopt(easy, CURLOPT_USE_SSL,
	                     (long)(s->options.tls == SMTP_TLS_STARTTLS ? CURLUSESSL_TRY : CURLUSESSL_NONE)));
	set(curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify));
	set(curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L)); /* certificate_is_for() says whose it is */
	set(curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L));
	set(curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L));
}

/* Bytes that come and come without ever making a line: libcurl would wait for the line end. */
static void check_line_length(struct smtp_session *s)
{
	if (s->phase != SMTP_BANNER && s->phase != SMTP_EHLO && s->phase != SMTP_STARTTLS)
		return;
	if (s->steps[SMTP_TLS].begun || tcp_sample(s->fd, &s->tcp) != 0)
		return;
	if (s->tcp.received - s->heard > SMTP_REPLY_BYTES_MAX ||
	    (s->parser.reply.lines == 0 && !s->parser.complete && s->tcp.received - s->heard > SMTP_LINE_MAX)) {
		session_note_fault(s, SMTP_FAULT_LINE_LENGTH, "");
		s->reply.fault = SMTP_FAULT_LINE_LENGTH;
		s->status = SMTP_GARBAGE;
	}
}

static double time_limit(const struct smtp_session *s)
{
	double limit = s->options.deadline;

	if (s->phase == SMTP_CONNECT && s->options.connect_patience > 0 &&
	    s->began + s->options.connect_patience < limit)
		limit = s->began + s->options.connect_patience;
	return limit;
}

static void give_up(struct smtp_session *s)
{
	if (s->phase == SMTP_CONNECT) {
		s->connect_error = ETIMEDOUT;
		s->status = SMTP_NOT_CONNECTED;
	} else if (s->phase == SMTP_TLS) {
		s->tls.outcome = SMTP_TLS_BROKEN;
		s->tls.timed_out = true;
		s->status = SMTP_TLS_FAILED;
	} else {
		session_timeout(s);
	}
}

/* libcurl says that the connection is no good (any more): what that means depends on how far it had come. */
static void interpret_failure(struct smtp_session *s)
{
	long sys = 0;

	tcp_sample(s->fd, &s->tcp);
	if (s->status != SMTP_OK)
		return;
	if (!s->steps[SMTP_CONNECT].ended) {
		if (curl_easy_getinfo(s->easy, CURLINFO_OS_ERRNO, &sys) == CURLE_OK && sys != 0)
			s->connect_error = (int)sys;
		s->icmp = icmp_notice(s->fd);
		s->status = SMTP_NOT_CONNECTED;
		/* A SYN is refused with ECONNREFUSED: whoever resets has accepted before, and we came too late to see it. */
		if (s->connect_error == ECONNRESET) {
			session_end_step(s, SMTP_CONNECT);
			smtp_begin(s, s->options.tls == SMTP_TLS_IMPLICIT ? SMTP_TLS : SMTP_BANNER);
			s->status = SMTP_RESET;
		}
	} else if (s->phase == SMTP_TLS) {
		s->tls.outcome = SMTP_TLS_BROKEN;
		text_clean(s->curl_error, strlen(s->curl_error), s->tls.error, sizeof s->tls.error);
		s->status = SMTP_TLS_FAILED;
	} else if (s->parser.complete && s->phase == SMTP_EHLO && s->reply.code / 100 != 2) {
		s->status = SMTP_REFUSED;
	} else {
		wire_ended(s);
	}
}

static void read_certificate(struct smtp_session *s)
{
	struct curl_certinfo *info = NULL;

	if (s->tls.outcome == SMTP_TLS_NOT_TRIED)
		return;
	if (curl_easy_getinfo(s->easy, CURLINFO_SSL_VERIFYRESULT, &s->tls.verify_result) != CURLE_OK)
		s->tls.verify_result = -1;
	if (curl_easy_getinfo(s->easy, CURLINFO_CERTINFO, &info) != CURLE_OK || info == NULL || info->num_of_certs < 1)
		return;
	certificate_read(&s->tls.certificate, info->certinfo[0]);
	s->tls.has_certificate = true;
}

/* One turn of libcurl. False when it has finished, either way. */
static bool turn(struct smtp_session *s)
{
	int running = 0, left = 0;

	if (curl_multi_perform(s->multi, &running) != CURLM_OK)
		die("libcurl cannot go on");
	note_connected(s);
	check_line_length(s);
	if (running > 0)
		return true;
	const CURLMsg *message = curl_multi_info_read(s->multi, &left);
	if (message == NULL || message->data.result != CURLE_OK)
		interpret_failure(s);
	return false;
}

/* Whether whoever looks on has seen enough. */
static bool is_given_up(struct smtp_session *s)
{
	const struct smtp_watch *watch = &s->options.watch;

	if (watch->look == NULL)
		return false;
	tcp_sample(s->fd, &s->tcp);
	return !watch->look(watch->context);
}

enum smtp_status session_greet(struct smtp_session *s)
{
	const double tick = s->options.watch.look != NULL ? WATCH_TICK : TICK;

	s->easy = curl_easy_init();
	s->multi = curl_multi_init();
	if (s->easy == NULL || s->multi == NULL)
		die("out of memory");
	set_options(s);
	smtp_begin(s, SMTP_CONNECT);
	if (curl_multi_add_handle(s->multi, s->easy) != CURLM_OK)
		die("libcurl cannot begin");
	while (turn(s) && s->status == SMTP_OK) {
		double now = clock_now(), limit = time_limit(s);
		if (now >= limit || is_given_up(s)) {
			give_up(s);
			break;
		}
		curl_multi_poll(s->multi, NULL, 0, clock_ms_until(limit < now + tick ? limit : now + tick), NULL);
	}
	read_certificate(s);
	return s->status;
}
