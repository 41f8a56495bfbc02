#include "capture/tls.h"

#include <string.h>

enum record { RECORD_CHANGE_CIPHER = 20, RECORD_ALERT = 21, RECORD_HANDSHAKE = 22, RECORD_DATA = 23 };
enum handshake { HANDSHAKE_CLIENT_HELLO = 1, HANDSHAKE_SERVER_HELLO = 2 };

#define HEADER     5
#define ALERT_SIZE 7              /* B on the wire, in the clear */
#define RECORD_MAX (16384 + 2048) /* RFC 5246 6.2.3 */

void tls_init(struct tls *tls)
{
	memset(tls, 0, sizeof *tls);
	tls->alert = -1;
}

/* The header and the first byte of content are here. */
static void note_record(struct tls *tls, enum side side, const uint8_t *header, size_t length)
{
	struct tls_side *s = &tls->sides[side];
	const int type = header[0], first = header[HEADER];

	s->records++;
	if (type == RECORD_HANDSHAKE && !s->encrypted) {
		tls->client_hello = tls->client_hello || (side == CLIENT && first == HANDSHAKE_CLIENT_HELLO);
		tls->server_hello = tls->server_hello || (side == SERVER && first == HANDSHAKE_SERVER_HELLO);
	}
	if (type == RECORD_CHANGE_CIPHER || type == RECORD_DATA) {
		s->encrypted = true;
		tls->done = tls->done || side == CLIENT;
	}
	if (type == RECORD_ALERT && length == 2 && !s->encrypted && tls->alert < 0)
		tls->alert_side = side;
}

static bool is_header(const uint8_t *header)
{
	const size_t length = (size_t)header[3] << 8 | header[4];

	return header[0] >= RECORD_CHANGE_CIPHER && header[0] <= RECORD_DATA && header[1] == 3 && length > 0 &&
	       length <= RECORD_MAX;
}

/* The second byte of an alert in the clear says what it is about. */
static void note_alert(struct tls *tls, enum side side, const uint8_t *bytes, size_t size)
{
	const struct tls_side *s = &tls->sides[side];

	if (tls->alert < 0 && s->header_size > HEADER && s->header[0] == RECORD_ALERT && s->left == 1 &&
	    !s->encrypted && size > 0)
		tls->alert = bytes[0];
}

static void skip(struct tls_side *s, size_t size)
{
	s->left -= size;
	if (s->left == 0)
		s->header_size = 0;
}

void tls_take(struct tls *tls, enum side side, const uint8_t *bytes, size_t size)
{
	struct tls_side *s = &tls->sides[side];

	while (size > 0 && !s->lost) {
		if (s->header_size <= HEADER) {
			s->header[s->header_size++] = *bytes++;
			size--;
			if (s->header_size == HEADER && !is_header(s->header)) {
				s->lost = true;
				tls->not_tls[side] = s->records < 1;
			} else if (s->header_size > HEADER) {
				const size_t length = (size_t)s->header[3] << 8 | s->header[4];
				note_record(tls, side, s->header, length);
				s->left = length;
				skip(s, 1);
			}
			continue;
		}
		const size_t step = size < s->left ? size : s->left;
		note_alert(tls, side, bytes, step);
		skip(s, step);
		bytes += step;
		size -= step;
	}
}

void tls_miss(struct tls *tls, enum side side, size_t size)
{
	struct tls_side *s = &tls->sides[side];

	if (s->header_size > HEADER && size <= s->left)
		skip(s, size);
	else
		s->lost = true;
}

void tls_turn(struct tls *tls, enum side side, size_t size)
{
	const bool unread = tls->sides[CLIENT].lost || tls->sides[SERVER].lost;

	if (side == SERVER)
		tls->answered = tls->answered || tls->asked;
	else if (tls->answered && unread && size > ALERT_SIZE)
		tls->done = true;
	else
		tls->asked = true;
	if (unread) {
		tls->client_hello = tls->client_hello || tls->asked;
		tls->server_hello = tls->server_hello || tls->answered;
	}
}

const char *tls_alert_name(int alert)
{
	static const struct {
		int alert;
		const char *name;
	} names[] = {
	    {0, "close_notify"},
	    {10, "unexpected_message"},
	    {20, "bad_record_mac"},
	    {22, "record_overflow"},
	    {40, "handshake_failure"},
	    {42, "bad_certificate"},
	    {43, "unsupported_certificate"},
	    {44, "certificate_revoked"},
	    {45, "certificate_expired"},
	    {46, "certificate_unknown"},
	    {47, "illegal_parameter"},
	    {48, "unknown_ca"},
	    {49, "access_denied"},
	    {50, "decode_error"},
	    {51, "decrypt_error"},
	    {70, "protocol_version"},
	    {71, "insufficient_security"},
	    {80, "internal_error"},
	    {90, "user_canceled"},
	    {109, "missing_extension"},
	    {112, "unrecognized_name"},
	    {116, "certificate_required"},
	    {120, "no_application_protocol"},
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].alert == alert)
			return names[i].name;
	return "alert";
}
