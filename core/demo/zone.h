/*
 * zone - the answer of one scripted DNS server to one question, without any I/O
 *
 * In: the bytes of a query, from anybody. Out: the bytes of the answer, and how long to hold it back.
 */
#ifndef SMTPDX_DEMO_ZONE_H
#define SMTPDX_DEMO_ZONE_H

#include "demo/scenario.h"

#define ZONE_UDP_MAX ((size_t)512) /* RFC 1035 4.2.1 */
#define ZONE_TCP_MAX ((size_t)65535)

/*
 * Writes the answer, at most `room` bytes (ZONE_UDP_MAX or ZONE_TCP_MAX; the former means UDP), and its delay in
 * seconds. Returns its size; 0 when there is none: a rule wants silence, or the bytes are no query.
 */
size_t zone_answer(struct dns_part *part, const unsigned char *query, size_t size, unsigned char *answer, size_t room,
                   double *delay);

#endif
