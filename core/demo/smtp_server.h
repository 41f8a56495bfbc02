/*
 * smtp_server - the sockets of the scripted SMTP servers
 *
 * At most SMTP_SESSIONS_MAX sessions at a time; whoever comes then is told so with a 421.
 */
#ifndef SMTPDX_DEMO_SMTP_SERVER_H
#define SMTPDX_DEMO_SMTP_SERVER_H

#include "demo/ports.h"
#include "demo/scenario.h"
#include "demo/waits.h"

#define SMTP_SESSIONS_MAX ((size_t)64)

struct smtp_server;

/*
 * Serves parts[i] on sockets[i], which it takes over; the parts stay the caller's. A closed part's socket stays bound
 * without listening, so that the kernel refuses its clients. NULL with the reason.
 */
struct smtp_server *smtp_server_new(struct smtp_part *const *parts, const struct port_socket *sockets, size_t count,
                                    struct err *err);
void smtp_server_free(struct smtp_server *server);

/* One turn of the loop: before and after poll(2). */
void smtp_server_wait(struct smtp_server *server, struct waits *waits, double now);
void smtp_server_work(struct smtp_server *server, const struct waits *waits, double now);

#endif
