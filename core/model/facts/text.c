/* text: what lines of any kind say */
#include "model/fact_table.h"

const struct fact_def facts_text[] = {
    /* text: what lines of any kind say */
    WORD("seen.says", REPLY_CLASSES "|" LINE_CLASSES, N_("what a line in the evidence says; several may be true")),
    WORD("seen.connect",
         "host-timeout|host-refused|host-unreachable|host-no-address|host-denied|host-no-banner|host-not-tls|host-"
         "reached|"
         "v4-timeout|v4-refused|v4-unreachable|v4-no-address|v4-denied|v4-no-banner|v4-not-tls|v4-reached|"
         "v6-timeout|v6-refused|v6-unreachable|v6-no-address|v6-denied|v6-no-banner|v6-not-tls|v6-reached|"
         "local-timeout|local-refused|local-unreachable|local-no-address|local-denied|local-no-banner|local-not-tls|"
         "local-reached",
         N_("a connection attempt in the evidence: the family of the peer and what became of it")),
    NUMBER("seen.port", "count", N_("a port that connection attempts in the evidence went to")),
    NUMBER("seen.hosts", "count", N_("addresses that connection attempts in the evidence failed on")),
    NUMBER("seen.timeout.server", "s", N_("a server's time-out for idle clients, as its configuration says")),
    NUMBER("seen.timeout.client", "s", N_("a client's time-out, as its configuration says")),
    NUMBER("seen.pool.idle", "s", N_("how long a client keeps an unused session, as its configuration says")),
    NUMBER("seen.size.limit", "B", N_("the message size limit, as a configuration says")),
    NUMBER("seen.lines.unread", "count", N_("lines outside of logs that nobody looked at, since there were too many")),
    TEXT("seen.line", N_("a line that explains something")),
    TEXT("seen.line.who", N_("who words it that way")),
    WORD("seen.line.phase", PHASES, N_("the phase of the session that it is about")),
    TEXT("seen.line.means", N_("what it means")),
    TEXT("seen.line.setting", N_("the setting that governs it")),
    TEXT("seen.line.default", N_("the default of that setting")),
    TEXT("seen.line.read", N_("how that setting is read")),
    TEXT("seen.line.change", N_("how that setting is changed")),
    {0},
};
