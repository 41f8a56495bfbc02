/*
 * target - what the user asked about, and the endpoints that it leads to
 *
 * A target is example.com, user@example.com, host:port, 192.0.2.25, 192.0.2.25:587 or [2001:db8::25]:25. A domain (no
 * port) is looked up for MX hosts; a host with a port, or an address, is itself the only mail host.
 */
#ifndef SMTPDX_MODEL_TARGET_H
#define SMTPDX_MODEL_TARGET_H

#include "base/err.h"

#include <stdbool.h>
#include <sys/socket.h>

#define SMTP_PORT 25

struct target {
	char *text;      /* as given, cleaned */
	char *recipient; /* user@domain when that was given, otherwise NULL */
	char *name;      /* the domain or host name, lower case, without a final dot; "" when an address was given */
	struct sockaddr_storage address; /* ss_family is AF_UNSPEC unless an address was given; its port is set */
	int port;                        /* SMTP_PORT unless given */
	bool is_domain;                  /* no port, no address: MX hosts are looked up */
};

/* Reads what the user typed. -1 with the reason when it is no host name (RFC 1123 letters), address, port. */
int target_parse(const char *text, struct target *target, struct err *err);
/* A target that is no mail host but something to read: only its text is set. */
void target_init_text(const char *text, struct target *target);
void target_done(struct target *target);

/* Whether a text is a host name as RFC 1123 2.1 (and _ for service labels) allows it: letters, digits, hyphens. */
bool target_is_host_name(const char *text);

/* An address as text without port and brackets ("192.0.2.25", "2001:db8::25"); room for INET6_ADDRSTRLEN. */
const char *address_text(const struct sockaddr_storage *address, char text[static 46]);
int address_parse(const char *text, int port, struct sockaddr_storage *address); /* numeric only; 0 or -1 */
/* The same for ADDRESS, [ADDRESS], V4:PORT and [V6]:PORT; `port` is for the forms without one. */
int address_parse_port(const char *text, int port, struct sockaddr_storage *address);
int address_port(const struct sockaddr_storage *address);
void address_set_port(struct sockaddr_storage *address, int port);
bool address_equal(const struct sockaddr_storage *a, const struct sockaddr_storage *b); /* whatever their ports */
bool address_is_private(const struct sockaddr_storage *address); /* a NAT rewrites it: RFC 1918, 6598, 3927, 4193 */
bool address_is_own(const struct sockaddr_storage *address);     /* loopback, or of one of this machine's interfaces */
socklen_t address_size(const struct sockaddr_storage *address);

/*
 * Subjects (see fact.h). The caller frees. name may be "" or NULL; subject_endpoint takes the port from the address.
 */
char *subject_address(const char *name, const struct sockaddr_storage *address);
char *subject_endpoint(const char *name, const struct sockaddr_storage *address);

/* An endpoint's parts again: "mx1 [192.0.2.25]:25" -> name "mx1", address with port. -1 when it is no endpoint. */
int subject_parse_endpoint(const char *subject, char **name, struct sockaddr_storage *address);

/* The same without its port, "mx1 [192.0.2.25]"; NULL when it is no endpoint. The caller frees. */
char *subject_without_port(const char *subject);

#endif
