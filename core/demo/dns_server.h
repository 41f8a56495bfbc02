/*
 * dns_server - the sockets of the scripted DNS servers, UDP and TCP
 *
 * Bounded: delayed UDP answers past DNS_DELAYED_MAX and TCP connections past DNS_TCP_MAX are dropped.
 */
#ifndef SMTPDX_DEMO_DNS_SERVER_H
#define SMTPDX_DEMO_DNS_SERVER_H

#include "demo/ports.h"
#include "demo/scenario.h"
#include "demo/waits.h"

#define DNS_DELAYED_MAX ((size_t)256)
#define DNS_TCP_MAX     ((size_t)32)

struct dns_server;

/*
 * Serves parts[i] on sockets[i], which it takes over; the parts stay the caller's. A closed part's sockets are kept and
 * not served. NULL with the reason.
 */
struct dns_server *dns_server_new(struct dns_part *const *parts, const struct port_socket *sockets, size_t count,
                                  struct err *err);
void dns_server_free(struct dns_server *server);

/* One turn of the loop: before and after poll(2). */
void dns_server_wait(struct dns_server *server, struct waits *waits, double now);
void dns_server_work(struct dns_server *server, const struct waits *waits, double now);

#endif
