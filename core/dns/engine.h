/*
 * engine - many DNS questions under way at once, in one poll loop
 *
 * An answer's callback may ask further questions, so that questions which depend on each other form a graph and each
 * begins as soon as its own predecessor is answered: the whole takes no longer than its slowest chain. A question is
 * sent again after try_s seconds, on the same socket and with the same id, so that an answer to an earlier sending still
 * counts; a network that says "unreachable" ends it at once.
 */
#ifndef SMTPDX_DNS_ENGINE_H
#define SMTPDX_DNS_ENGINE_H

#include "dns/dns.h"

struct dns_engine;

/*
 * The question with its answer (state DNS_TIMEOUT when none came). Both live until the callback returns; whoever wants to
 * keep the answer copies the struct and empties the original: question->answer = (struct dns_answer){0}.
 */
typedef void dns_on_answer(struct dns_question *question, void *context);

/* Each question is sent up to `tries` times, try_s seconds apart; the deadline (clock_now()) is for all of them. */
struct dns_engine *dns_engine_new(double try_s, int tries, double deadline);
void dns_engine_free(struct dns_engine *engine);

/*
 * Sends a question. The answer comes within dns_engine_run(), never from in here. False when nothing was asked and no
 * answer will come: the deadline is over, or the name is no domain name.
 */
bool dns_engine_ask(struct dns_engine *engine, const char *name, int type, const struct sockaddr_storage *server,
                    bool recursive, dns_on_answer *on_answer, void *context);

/* Returns when every question is answered or given up, the deadline is over, or dns_engine_stop() was called. */
void dns_engine_run(struct dns_engine *engine);

/* For a callback that knows enough: what is still unanswered is dropped without its callback. */
void dns_engine_stop(struct dns_engine *engine);

#endif
