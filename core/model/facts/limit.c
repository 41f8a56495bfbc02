/* limit: how many sessions a server takes from here, at a time and one after the other, and whether a 421 lasts */
#include "model/fact_table.h"

#define LIMIT_OUTCOMES "all-taken|refused|closed|silent|not-connected|failed|out-of-time"

/* The reply that ended a row of sessions. */
#define LIMIT_REPLY(name)                                                                                           \
	NUMBER(name ".reply.code", "code", N_("code of the reply that refused it")),                                \
	    TEXT(name ".reply.enhanced", N_("its enhanced status code")), TEXT(name ".reply.text", N_("its text")), \
	    WORD(name ".reply.class", REPLY_CLASSES, N_("what that reply is about")),                               \
	    WORD(name ".reply.server", SOFTWARE, N_("which server software words it that way")),                    \
	    TEXT(name ".reply.setting", N_("the setting that governs it")),                                         \
	    WORD(name ".phase", PHASES, N_("the phase in which it ended"))

const struct fact_def facts_limit[] = {
    /* sessions at the same time */
    NUMBER("limit.tried", "count", N_("sessions that were to be opened at the same time, at most")),
    NUMBER("limit.connections", "count", N_("sessions that the server took, all open at the same time")),
    NUMBER("limit.refused", "count", N_("the number of the session that it took no more, from 1")),
    WORD("limit.outcome", LIMIT_OUTCOMES,
         N_("how that ended; silent: no greeting although the others had theirs; out-of-time: 10 s were over")),
    LIMIT_REPLY("limit"),
    NUMBER("limit.dropped", "count", N_("sessions that the server had ended by then")),
    NUMBER("limit.held", "s", N_("how long the first of them was held")),
    NUMBER("limit.delay.first", "s", N_("time until the first session was greeted and EHLO answered")),
    NUMBER("limit.delay.last", "s", N_("the same of the last one that was taken")),
    WORD("limit.software", SOFTWARE, N_("the server software, guessed from its greeting and replies")),
    /* one after the other, with --rate */
    WORD("limit.rate.outcome", LIMIT_OUTCOMES, N_("how opening and leaving sessions one after the other ended")),
    NUMBER("limit.rate.connections", "count", N_("sessions that the server took one after the other")),
    NUMBER("limit.rate.total", "count", N_("connections in all until then, those of the first test too")),
    NUMBER("limit.rate.span", "s", N_("in this time")),
    LIMIT_REPLY("limit.rate"),
    /* in one session, with --messages */
    NUMBER(
	"limit.session.messages", "count",
	N_("messages that one session took, each of them taken back before its text; OpenSMTPD counts none of these")),
    NUMBER("limit.session.recipients", "count", N_("recipients that one message took")),
    WORD("limit.session.of", "messages|recipients", N_("which of the two it took no more of")),
    WORD("limit.session.outcome", LIMIT_OUTCOMES, N_("how the session went on then")),
    LIMIT_REPLY("limit.session"),
    /* whether a 421 lasts, with --patience */
    WORD("limit.retry.outcome", "transient|lasting|out-of-time",
         N_("whether a session was taken again; lasting: five tries, each twice as late, got the same")),
    NUMBER("limit.retry.tries", "count", N_("tries that were made")),
    NUMBER("limit.retry.after", "s", N_("time from the refusal to the session that was taken, or to the last try")),
    {0},
};
