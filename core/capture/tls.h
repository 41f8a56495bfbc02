/*
 * tls - what the records of a TLS connection tell without its keys: how far the handshake came, how large they are
 *
 * Record headers are never encrypted (RFC 8446 5.1). A client answers the server's whole first flight, its certificate
 * included, with ChangeCipherSpec or a first encrypted record: from then on the handshake went through.
 */
#ifndef SMTPDX_CAPTURE_TLS_H
#define SMTPDX_CAPTURE_TLS_H

#include "capture/side.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tls_side {
	uint8_t header[6]; /* of the record under way, and the first byte of its content */
	size_t header_size;
	size_t left; /* B of its content still to come */
	bool lost;   /* records can no longer be told apart */
	double records;
	bool encrypted; /* a ChangeCipherSpec or an encrypted record came */
};

struct tls {
	struct tls_side sides[SIDES];
	bool client_hello, server_hello;
	bool done;            /* the client answered the server's whole flight */
	bool asked, answered; /* the client spoke, the server after it */
	bool not_tls[SIDES];  /* what came first was no TLS record */
	int alert;            /* description of an alert that was sent in the clear; -1: none */
	enum side alert_side;
};

void tls_init(struct tls *tls);

/* Bytes of one side in order. */
void tls_take(struct tls *tls, enum side side, const uint8_t *bytes, size_t size);

/* Bytes that are there and were not captured. */
void tls_miss(struct tls *tls, enum side side, size_t size);

/*
 * Somebody said so many bytes. Where records cannot be told apart (the capture holds no content), the order tells: the
 * client speaks, the server does, and what the client says then is more than an alert: the handshake went through.
 */
void tls_turn(struct tls *tls, enum side side, size_t size);

/* The name of an alert (RFC 8446 6), "alert" when the RFC has none. */
const char *tls_alert_name(int alert);

#endif
