/* derived: what follows from other facts */
#include "model/fact_table.h"

const struct fact_def facts_derived[] = {
    /* derived: what several facts say together */
    NUMBER("path.v4.tried", "count", N_("IPv4 endpoints that were probed")),
    NUMBER("path.v4.reached", "count", N_("of these, the ones that answered with a banner")),
    NUMBER("path.v6.tried", "count", N_("IPv6 endpoints that were probed")),
    NUMBER("path.v6.reached", "count", N_("of these, the ones that answered with a banner")),
    NUMBER("path.unanswered", "count", N_("endpoints whose connection attempt met silence")),
    WORD("path.family", "v4|v6", N_("the address family of the endpoint")),
    FLAG("path.route", N_("this machine has a source address of the endpoint's family, hence a route")),
    FLAG("path.alone", N_("nothing but the path was measured: there was no SMTP check")),
    FLAG("path.loopback", N_("the endpoint is on this very machine, there is no path")),
    NUMBER("dns.banner.explained", "s", N_("how much of the banner delay look-ups of our own address explain")),
    NUMBER("dns.banner.share", "ratio", N_("what share of the banner delay that is")),
    WORD("smtp.slowest.phase", PHASES, N_("the phase that took longest")),
    NUMBER("smtp.slowest.delay", "s", N_("how long it took")),
    NUMBER("smtp.late.count", "count", N_("replies that took a second longer than two round trips")),
    NUMBER("smtp.late.share", "ratio", N_("what share of all replies that is")),
    FLAG("dns.answers",
         N_("a name server of this machine answers; asked where mail hosts were found, perhaps without one")),
    FLAG("smtp.ehlo.knows-us", N_("the server greets us by the name of our address, so its look-up succeeded")),
    FLAG("smtp.banner.resolver-step",
         N_("the banner delay is what a resolver waits for a dead name server, a multiple of 5 s or 6.12 s")),
    FLAG("smtp.rcpt.resolver-step", N_("only the reply to RCPT was late, by a multiple of 5 s")),
    NUMBER("limit.configured", "count",
           N_("how many sessions at a time the server's configuration allows one client, where it could be read")),
    FLAG("host.queue.short", N_("there is less room for the queue than the mail server insists on")),
    FLAG("limit.match", N_("so many sessions were taken, and no more")),
    WORD("config.patience", "normal|stress|other",
         N_("whether the patience that was measured is the configured one, that under stress, or neither")),
    {0},
};
