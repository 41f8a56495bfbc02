/*
 * message - DNS messages as bytes: the question we send, and what a server's answer says
 *
 * No I/O here, so that hostile answers can be tried on it byte by byte (tests/fuzz/fuzz_dns.c).
 */
#ifndef SMTPDX_DNS_MESSAGE_H
#define SMTPDX_DNS_MESSAGE_H

#include "dns/dns.h"

#define DNS_QUERY_SIZE   512
#define DNS_MESSAGE_SIZE 65535

/*
 * Writes a query with a random id (a forger has to guess it, RFC 5452). Returns its size, or 0 when the name is no domain
 * name.
 */
size_t dns_query_build(const char *name, int type, bool recursive, unsigned char query[static DNS_QUERY_SIZE]);

/*
 * Whether a message is an answer to the query: a response with its id that repeats its question (RFC 5452 9.1). An error
 * without any question is one too, since servers that do not understand a query send that.
 */
bool dns_message_answers(const unsigned char *query, size_t query_size, const unsigned char *message, size_t size);

/* Whether a message was cut to fit into UDP (TC bit). It has to have passed dns_message_answers(). */
bool dns_message_is_cut(const unsigned char *message);

/*
 * Reads an answer to the question: follows CNAMEs inside of it, keeps the records of the asked type. Sets everything
 * but seconds, retries and tcp. Any bytes are safe.
 */
void dns_message_read(const unsigned char *message, size_t size, const char *name, int type, struct dns_answer *answer);

#endif
