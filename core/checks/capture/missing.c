/*
 * What a capture does not hold of a session: one direction, the content of packets, the beginning. It is said what that
 * hides, and how the next one is recorded whole.
 */
#include "base/buf.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "capture/filter.h"
#include "checks/capture/capture.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX    ((size_t)4096)
#define MISSED_MANY 0.01 /* of what passed: so much that pauses may be explained by it */
#define RECORD_S    600

static void add(struct buf *text, const char *sentence)
{
	buf_printf(text, "%s%s", text->size > 0 ? " " : "", sentence);
}

static void add_side(struct buf *text, const struct flow *s)
{
	if (!flow_is_one_sided(s))
		return;
	if (s->streams[CLIENT].seen)
		add(text,
		    _("It holds the client's packets only: what the server said is known by its size and time alone, "
		      "from what the client acknowledged, and whether the client's data arrived is not known."));
	else
		add(text,
		    _("It holds the server's packets only: what the client said is known by its size and time alone, "
		      "from what the server acknowledged, and whether the server's data arrived is not known."));
}

static void add_content(struct buf *text, const struct flow *s, size_t snap)
{
	if (s->dialog.state != DIALOG_BLIND)
		return;
	if (snap > 0)
		buf_printf(
		    text,
		    _("%sIt keeps %zu bytes of a packet, which is its headers: what was said is not in it; the phases "
		      "are told from sizes and order."),
		    text->size > 0 ? " " : "", snap);
	else
		add(text,
		    _("Its packets were cut behind their headers: what was said is not in it; the phases are told from "
		      "sizes and order."));
}

static void add_rest(struct buf *text, const struct flow *s)
{
	const double missed = s->streams[CLIENT].missed + s->streams[SERVER].missed;
	const double held = s->streams[CLIENT].bytes + s->streams[SERVER].bytes;

	if (!s->begun)
		add(text, _("It begins in mid-session: what led to its first packet is not in it."));
	if (!flow_is_one_sided(s) && missed > MISSED_MANY * held)
		buf_printf(text, _("%sIt lacks %.0f bytes that arrived: the recorder was too slow."),
		           text->size > 0 ? " " : "", missed);
}

static struct sockaddr_storage socket_address(const struct flow_endpoint *end, uint16_t port)
{
	struct sockaddr_storage storage = {0};

	if (end->v6) {
		struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&storage;
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		memcpy(&v6->sin6_addr, end->address, 16);
	} else {
		struct sockaddr_in *v4 = (struct sockaddr_in *)&storage;
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		memcpy(&v4->sin_addr, end->address, 4);
	}
	return storage;
}

static void tell_command(const struct told *t)
{
	const struct flow_endpoint *server = &t->session->ends[SERVER];
	const struct sockaddr_storage end = socket_address(&t->session->ends[CLIENT], server->port);
	char *filter = filter_text(&end, 1);
	char *command = filter_command(filter, "any", RECORD_S, "smtp.pcap");

	emit_text(t->e, "capture.record", t->subject, command);
	free(command);
	free(filter);
}

void capture_tell_missing(const struct told *t, size_t snap)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	add_side(&text, t->session);
	add_content(&text, t->session, snap);
	add_rest(&text, t->session);
	char *missing = buf_take(&text);
	if (missing != NULL && missing[0] != '\0') {
		emit_text(t->e, "capture.missing", t->subject, missing);
		tell_command(t);
	}
	free(missing);
}
