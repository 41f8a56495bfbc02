/*
 * pseudonym - other names for hosts, addresses, people and messages, the same one each time
 *
 * For what leaves the house: a report for a vendor, a capture for somebody else's support. What stood for one thing stands
 * for one thing afterwards, and for the same kind of thing: a public IPv4 address becomes one of the documentation ranges
 * (RFC 5737, 3849), a private one stays private, loopback stays as it is; names of one domain stay in one domain. Nothing
 * leads back from a pseudonym.
 */
#ifndef SMTPDX_MODEL_PSEUDONYM_H
#define SMTPDX_MODEL_PSEUDONYM_H

#include <stdbool.h>
#include <sys/socket.h>

struct pseudonyms;

/*
 * same_size: names get pseudonyms of as many characters as they have ("mx1.example.com", "aab.aaaaaab.com"), for places
 * that cannot grow. Otherwise they are made to be read ("host1.domain1.example").
 */
struct pseudonyms *pseudonyms_new(bool same_size);
void pseudonyms_free(struct pseudonyms *p);

/* The address that stands for this one; its port stays. */
void pseudonym_address(struct pseudonyms *p, const struct sockaddr_storage *address, struct sockaddr_storage *out);

/* A host name or domain by itself, whatever it looks like. The caller frees. */
char *pseudonym_host(struct pseudonyms *p, const char *name);

enum pseudonym_scan {
	PSEUDONYM_FIND,  /* foreign text: whatever looks like an address, a name, a mailbox or a queue id is replaced */
	PSEUDONYM_KNOWN, /* text of our own, e.g. "see RFC 5321 4.5.3.2": only what has been found before */
};

/* The text with pseudonyms in place of what they stand for. The caller frees. */
char *pseudonym_text(struct pseudonyms *p, const char *text, enum pseudonym_scan scan);

#endif
