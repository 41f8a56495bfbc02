#include "base/i18n.h"
#include "model/fact.h"

#define NUMBER(fact, of, sentence)                                               \
	{                                                                        \
		.name = fact, .kind = FACT_NUMBER, .unit = of, .means = sentence \
	}
#define TEXT(fact, sentence)                                                   \
	{                                                                      \
		.name = fact, .kind = FACT_TEXT, .unit = "", .means = sentence \
	}
#define WORD(fact, list, sentence)                                                            \
	{                                                                                     \
		.name = fact, .kind = FACT_WORD, .unit = "", .words = list, .means = sentence \
	}
#define FLAG(fact, sentence)                                                   \
	{                                                                      \
		.name = fact, .kind = FACT_FLAG, .unit = "", .means = sentence \
	}

#define PHASES        "connect|banner|ehlo|starttls|tls|mail|rcpt|data|body|end|quit"
#define LOOKUP        "ok|none|nxdomain|servfail|refused|timeout|loop|malformed"
#define SERVER_STATES "answers|lame|silent|servfail|refused|unreachable"
#define SOFTWARE                                                                                               \
	"postfix|exim|sendmail|opensmtpd|exchange|exchange-online|ses|gmail|yahoo|imsva|haraka|qmail|courier|" \
	"hmailserver|icloud|mimecast|proofpoint|other|unknown"

/* What becomes of message text in packets of one size. */
#define FLIGHTS "pass|stall|dead|stopped|window|reply|closed|reset|cut"

/* What a reply is about, by its catalogue row or, failing that, by its code and enhanced code. */
#define REPLY_CLASSES                                                                                              \
	"ok|idle-timeout|too-many-connections|rate-limit|session-limit|process-limit|overload|shutdown|disk-full|" \
	"size-limit|greylist|reputation|policy|dns|tls|auth|milter|proxy-filter|policy-service|content-filter|"    \
	"pipelining|protocol-error|relaying|unknown-recipient|sender|greet-pause|server-fault|other"

/* What a line of a log, transcript, error message, configuration or remark is about, beyond replies. */
#define LINE_CLASSES                                                                                              \
	"auth-down|back-pressure|ban|close-wait|cloud-host|connected|congestion|cut-at-end|deferred|delivered|"   \
	"dns-again|dns-list|dns-nxdomain|dns-ptr|dns-ptr-slow|dns-slow|early-talk|ehlo-refused|"                  \
	"expired|filter-busy|filter-conf|filter-down|filter-slow|firewall-hint|ident-timeout|"                    \
	"idle-hint|in-lost-banner|in-lost-body|in-lost-body-empty|in-lost-body-part|in-lost-command|"             \
	"in-lost-end|in-lost-starttls|in-timeout-banner|in-timeout-body|in-timeout-body-empty|"                   \
	"in-timeout-body-part|in-timeout-command|in-timeout-idle|in-tls-closed|in-tls-failed|"                    \
	"in-tls-timeout|inspection|large-lost|large-only|late-banner|lmtp-refused|load|lookup-slow|many-at-once|" \
	"memory|"                                                                                                 \
	"milter-down|milter-slow|mtu-hint|nat-hint|no-dot|no-starttls|noise|not-tls|null-mx|"                     \
	"out-broken-pipe|out-connect-denied|out-connect-noaddress|out-connect-refused|"                           \
	"out-connect-timeout|out-connect-unreachable|out-lost-banner|out-lost-body|out-lost-command|"             \
	"out-lost-end|out-lost-tls|out-refused|out-timeout-banner|out-timeout-body|"                              \
	"out-timeout-command|out-timeout-end|out-timeout-idle|out-timeout-read|out-timeout-tls|"                  \
	"out-tls-failed|policy-down|port-not-published|proxy-protocol|proxy-protocol-conf|"                       \
	"ptr-refused|published-port|queue-only|quoted|reply-mixup|resolver-down|retransmits|"                     \
	"scanner-slow|secure-off|secure-on|server-slow|session|short-timer|silent-after-idle|slow-hint|"          \
	"socket-missing|stress|syn-unanswered|tarpit|tls-certificate|tls-closed|tls-failed|"                      \
	"tls-timeout|tls-verify-conf|tls-version|waits-for-banner|waits-for-body|waits-for-dot|waits-for-end|"    \
	"waits-for-reply|wrong-tls-mode"

const struct fact_def fact_table[] = {
    /* dns: our own name servers */
    NUMBER("dns.resolvers.count", "count", N_("name servers that this machine asks")),
    NUMBER("dns.resolvers.dead", "count", N_("of these, the ones that never answered")),
    WORD("dns.resolver.state", SERVER_STATES, N_("what one of this machine's name servers does with questions")),
    NUMBER("dns.resolver.position", "count", N_("its place in resolv.conf; 1 is asked first")),
    NUMBER("dns.resolver.delay", "s", N_("median time of its answers")),
    NUMBER("dns.resolver.slowest", "s", N_("its slowest answer, retries included")),
    NUMBER("dns.resolver.asked", "count", N_("questions put to it")),
    NUMBER("dns.resolver.answered", "count", N_("questions it answered")),
    NUMBER("dns.resolver.retries", "count", N_("times a question had to be repeated")),
    NUMBER("dns.resolver.tcp", "count", N_("answers that were cut and had to be asked for over TCP")),
    NUMBER("dns.stub.delay", "s", N_("what one look-up costs a program here, dead name servers included")),
    WORD("dns.first.state", SERVER_STATES, N_("what the name server does that is asked first")),
    NUMBER("dns.slowest.delay", "s", N_("the slowest question of the run")),
    TEXT("dns.slowest.question", N_("which question that was")),
    TEXT("dns.slowest.server", N_("which server was that slow")),
    NUMBER("dns.total.delay", "s", N_("time for all questions, asked side by side")),
    NUMBER("dns.chain.delay", "s", N_("the slowest chain of questions that depend on each other")),
    TEXT("dns.conf.fault", N_("what is wrong with resolv.conf")),

    /* dns: the domain */
    WORD("dns.mx.status", "ok|none|null|nxdomain|servfail|refused|timeout|loop|malformed",
         N_("what the MX look-up of the domain gave")),
    NUMBER("dns.mx.delay", "s", N_("how long the MX look-up took")),
    NUMBER("dns.mx.count", "count", N_("MX records of the domain")),
    TEXT("dns.mx.host", N_("an MX host with its preference")),
    WORD("dns.host.status", "ok|cname|address|none|nxdomain|servfail|refused|timeout|loop|malformed",
         N_("what the address look-ups of a mail host gave; cname and address are MX targets that RFC 5321 forbids")),
    NUMBER("dns.host.delay", "s", N_("how long its address look-ups took")),
    NUMBER("dns.host.v4", "count", N_("its IPv4 addresses")),
    NUMBER("dns.host.v6", "count", N_("its IPv6 addresses")),
    TEXT("dns.host.address", N_("an address of a mail host; each becomes an endpoint")),
    NUMBER("dns.hosts.bad", "count", N_("MX hosts of the domain that have no usable address")),
    WORD("dns.ptr.status", "ok|none|unconfirmed|servfail|refused|timeout|loop|malformed",
         N_("reverse look-up of a server address; unconfirmed: its name does not lead back to it")),
    TEXT("dns.ptr.name", N_("the name that the reverse look-up gave")),
    NUMBER("dns.ptr.delay", "s", N_("how long the reverse look-up took, forward confirmation included")),
    WORD("dns.self.ptr.status", "ok|none|unconfirmed|servfail|refused|timeout|loop|malformed",
         N_("reverse look-up of our own source address, which the peer makes before its banner")),
    TEXT("dns.self.ptr.name", N_("the name of our own source address")),
    FLAG("dns.self.private",
         N_("our own source address is private, so beyond a NAT the peer sees and looks up another")),
    NUMBER("dns.self.ptr.delay", "s", N_("how long that look-up took")),
    WORD("dns.spf.status", "ok|none|multiple|nxdomain|servfail|refused|timeout|loop|malformed",
         N_("what the SPF look-up of the domain gave")),
    TEXT("dns.spf.text", N_("the SPF record")),
    NUMBER("dns.spf.delay", "s", N_("how long the SPF look-up took")),
    WORD("dns.tlsa.status", LOOKUP, N_("what the TLSA look-up of a mail host gave")),
    NUMBER("dns.tlsa.count", "count", N_("TLSA records of a mail host")),
    NUMBER("dns.tlsa.delay", "s", N_("how long the TLSA look-up took")),
    WORD("dns.ns.state", SERVER_STATES "|no-address",
         N_("what an authoritative name server of the domain does with questions")),
    NUMBER("dns.ns.delay", "s", N_("how long its answer took")),
    NUMBER("dns.ns.count", "count", N_("authoritative name servers of the domain")),
    FLAG("dns.ns.blocked", N_("our network lets nobody but its resolvers ask them, so their state is not known")),
    NUMBER("dns.ns.bad", "count", N_("of these, the ones that are lame or do not answer")),

    /* smtp: how the session went */
    WORD("smtp.outcome", "complete|refused|silent|closed|reset|garbage|tls-failed|not-connected|cut",
         N_("how the probe's session ended; cut: the time allowed for the run was over first")),
    WORD("smtp.stage", PHASES, N_("the phase in which that was decided")),
    NUMBER("smtp.waited", "s", N_("how long the probe waited in that phase")),
    WORD("smtp.mode", "lock-step|pipelining", N_("whether MAIL, RCPT and DATA were sent one by one or together")),
    WORD("smtp.tls.mode", "none|starttls|implicit", N_("how the session was encrypted")),
    WORD("smtp.connect.outcome", "connected|refused|timeout|unreachable|reset|failed",
         N_("what the TCP connection attempt gave")),
    TEXT("smtp.connect.error", N_("why there was no connection")),
    WORD("smtp.connect.icmp", "net|host|port|prohibited",
         N_("what ICMP said about the attempt: no way to the net, host not there, nobody at the port, forbidden")),
    TEXT("smtp.connect.icmp.from", N_("the router or host that said so")),
    NUMBER("smtp.connect.delay", "s", N_("time until the TCP connection stood")),
    NUMBER("smtp.banner.delay", "s", N_("time from the connection to the end of the banner")),
    NUMBER("smtp.ehlo.delay", "s", N_("time from EHLO to the end of its reply")),
    NUMBER("smtp.starttls.delay", "s", N_("time from STARTTLS to its reply")),
    NUMBER("smtp.tls.delay", "s", N_("time of the TLS handshake")),
    NUMBER("smtp.mail.delay", "s", N_("time from MAIL to its reply")),
    NUMBER("smtp.rcpt.delay", "s", N_("time from RCPT to its reply")),
    NUMBER("smtp.data.delay", "s", N_("time from DATA to its reply")),
    NUMBER("smtp.body.delay", "s", N_("time until the peer had acknowledged the whole body")),
    NUMBER("smtp.end.delay", "s", N_("time from the final dot to its reply; only with --deliver")),
    NUMBER("smtp.quit.delay", "s", N_("time from QUIT to its reply")),
    NUMBER("smtp.banner.code", "code", N_("reply code of the banner")),
    NUMBER("smtp.ehlo.code", "code", N_("reply code of EHLO or HELO")),
    NUMBER("smtp.starttls.code", "code", N_("reply code of STARTTLS")),
    FLAG("smtp.rcpt.guessed", N_("nobody named the recipient: smtpdx guessed")),
    NUMBER("smtp.mail.code", "code", N_("reply code of MAIL")),
    NUMBER("smtp.rcpt.code", "code", N_("reply code of RCPT")),
    NUMBER("smtp.data.code", "code", N_("reply code of DATA")),
    NUMBER("smtp.body.code", "code", N_("reply code that came during the body, uncalled for")),
    NUMBER("smtp.end.code", "code", N_("reply code of the final dot")),
    NUMBER("smtp.quit.code", "code", N_("reply code of QUIT")),
    TEXT("smtp.banner.text", N_("first line of the banner")),
    NUMBER("smtp.banner.lines", "count", N_("lines of the banner")),
    TEXT("smtp.banner.name", N_("the host name that the banner gives")),
    FLAG("smtp.banner.masked", N_("the banner is masked with stars, as inspecting firewalls do")),
    WORD("smtp.banner.protocol", "smtp|tls|http|ssh|imap|pop3|ftp|lmtp|other",
         N_("which protocol the first bytes of the server belong to")),
    WORD("smtp.ehlo.used", "ehlo|helo", N_("which greeting the server accepted")),
    TEXT("smtp.ehlo.text", N_("first line of the reply to EHLO")),
    TEXT("smtp.ehlo.keywords", N_("the extensions that EHLO announced")),
    FLAG("smtp.ehlo.masked", N_("EHLO keywords are overwritten with X, as inspecting firewalls do")),
    FLAG("smtp.starttls.offered", N_("EHLO announced STARTTLS")),
    FLAG("smtp.pipelining.offered", N_("EHLO announced PIPELINING")),
    NUMBER("smtp.size.limit", "B", N_("the largest message that EHLO announced; 0 is no limit")),

    /* smtp: the reply that decided */
    NUMBER("smtp.reply.code", "code", N_("code of the reply that refused or ended the session")),
    TEXT("smtp.reply.enhanced", N_("its enhanced status code")),
    TEXT("smtp.reply.text", N_("its text")),
    WORD("smtp.reply.phase", PHASES, N_("the phase it came in")),
    WORD("smtp.reply.class", REPLY_CLASSES, N_("what that reply is about")),
    WORD("smtp.reply.server", SOFTWARE, N_("which server software words it that way")),
    TEXT("smtp.reply.setting", N_("the setting that governs it")),
    TEXT("smtp.reply.means", N_("what that reply means")),

    /* smtp: the server's patience */
    NUMBER("smtp.patience", "s", N_("how long the server waited in silence until it gave up")),
    WORD("smtp.patience.phase", PHASES, N_("the phase after which the probe stayed silent")),
    WORD("smtp.patience.end", "reply|closed|reset|outlasted",
         N_("how the server gave up; outlasted: it was still waiting when the probe left")),

    /* smtp: the server, TLS, faults */
    WORD("smtp.server.software", SOFTWARE, N_("the server software, guessed")),
    TEXT("smtp.server.version", N_("its version, as the server says")),
    TEXT("smtp.server.because", N_("what the guess rests on")),
    WORD("smtp.tls.outcome", "done|failed|refused|not-offered|skipped", N_("what became of TLS")),
    WORD("smtp.tls.fault", "version|cipher|not-tls|certificate|closed|reset|timeout|other",
         N_("why the TLS handshake failed")),
    TEXT("smtp.tls.error", N_("the TLS library's words for it")),
    TEXT("smtp.tls.version", N_("TLS version of the session")),
    TEXT("smtp.tls.cipher", N_("cipher of the session")),
    TEXT("smtp.tls.cert.subject", N_("subject of the server's certificate")),
    TEXT("smtp.tls.cert.issuer", N_("issuer of the certificate")),
    TEXT("smtp.tls.cert.names", N_("host names in the certificate")),
    TEXT("smtp.tls.cert.expires", N_("when the certificate expires")),
    NUMBER("smtp.tls.cert.left", "s", N_("time until it expires; negative: expired")),
    WORD("smtp.tls.verify", "ok|self-signed|expired|untrusted|name-mismatch|failed",
         N_("whether the certificate verifies; a fact, not a failure of the probe")),
    WORD("smtp.protocol.fault", "malformed-reply|line-too-long|endless-reply|nul|early-talk|mixed-codes|bare-lf",
         N_("what was wrong with the server's protocol")),
    TEXT("smtp.protocol.detail", N_("an example of that fault")),

    /* smtp: the body and the TCP connection below it */
    WORD("smtp.body.outcome", "accepted|stalled|early-reply|closed|reset", N_("what became of the body")),
    NUMBER("smtp.body.bytes", "B", N_("body bytes handed to the kernel")),
    NUMBER("smtp.body.unacked", "B", N_("body bytes that the peer never acknowledged")),
    FLAG("smtp.delivered", N_("a whole message was sent and accepted, as --deliver asked")),
    NUMBER("tcp.mss", "B", N_("largest segment that we may send")),
    NUMBER("tcp.pmtu", "B", N_("path MTU as the kernel believes")),
    NUMBER("tcp.rtt", "s", N_("smoothed round-trip time")),
    NUMBER("tcp.retransmits", "count", N_("segments that had to be sent again")),
    NUMBER("tcp.unacked", "count", N_("segments in flight when the body ended")),
    NUMBER("tcp.backoff", "count", N_("doublings of the retransmission timer")),
    NUMBER("tcp.window", "B", N_("room that the peer's window left; 0: the peer's program does not read")),

    /* mtu: large packets, on the SMTP connection itself; "out" is towards the server, "in" towards us */
    WORD("mtu.full", FLIGHTS,
         N_("what became of message text in packets of full size; stall: only small packets arrived")),
    NUMBER("mtu.full.mss", "B", N_("its segments")),
    NUMBER("mtu.full.packet", "B", N_("its packets, headers included")),
    NUMBER("mtu.full.pmtu", "B", N_("path MTU as the kernel believed when it was over")),
    NUMBER("mtu.full.bytes", "B", N_("bytes that were sent")),
    NUMBER("mtu.full.acked", "B", N_("of these, the ones that the peer acknowledged")),
    NUMBER("mtu.full.unacked", "count", N_("segments that were never acknowledged")),
    NUMBER("mtu.full.retransmits", "count", N_("segments that were sent again")),
    NUMBER("mtu.full.backoff", "count", N_("doublings of the retransmission timer")),
    NUMBER("mtu.full.rto", "s", N_("the retransmission timer as it stood then")),
    NUMBER("mtu.full.window", "B", N_("the window that the peer offered then")),
    NUMBER("mtu.full.delay", "s", N_("time until it was certain")),
    TEXT("mtu.full.progress", N_("bytes acknowledged over time, as SECONDS:BYTES")),
    FLAG("mtu.full.scaled", N_("TCP windows were scaled (RFC 7323)")),
    WORD("mtu.clamped", FLIGHTS, N_("what became of message text in small packets; stall: only small packets arrived")),
    NUMBER("mtu.clamped.mss", "B", N_("its segments")),
    NUMBER("mtu.clamped.packet", "B", N_("its packets, headers included")),
    NUMBER("mtu.clamped.pmtu", "B", N_("path MTU as the kernel believed when it was over")),
    NUMBER("mtu.clamped.bytes", "B", N_("bytes that were sent")),
    NUMBER("mtu.clamped.acked", "B", N_("of these, the ones that the peer acknowledged")),
    NUMBER("mtu.clamped.unacked", "count", N_("segments that were never acknowledged")),
    NUMBER("mtu.clamped.retransmits", "count", N_("segments that were sent again")),
    NUMBER("mtu.clamped.backoff", "count", N_("doublings of the retransmission timer")),
    NUMBER("mtu.clamped.rto", "s", N_("the retransmission timer as it stood then")),
    NUMBER("mtu.clamped.window", "B", N_("the window that the peer offered then")),
    NUMBER("mtu.clamped.delay", "s", N_("time until it was certain")),
    TEXT("mtu.clamped.progress", N_("bytes acknowledged over time, as SECONDS:BYTES")),
    NUMBER("mtu.out.size", "B", N_("the largest packet that is known to reach the server")),
    NUMBER("mtu.out.mss", "B", N_("the TCP segment size that fits into it")),
    FLAG("mtu.out.exact", N_("one byte more does not reach it, or is more than leaves here")),
    WORD("mtu.in.full", "pass|short|stall|silent",
         N_("whether packets of full size came from the server; short: it sent nothing that large; silent: nothing "
            "came, "
            "whatever the size")),
    NUMBER("mtu.in.full.mss", "B", N_("the largest segment that it was allowed")),
    NUMBER("mtu.in.largest", "B", N_("the largest packet that came from it")),
    WORD("mtu.in.phase", PHASES, N_("the phase in which nothing more came")),
    NUMBER("mtu.in.delay", "s", N_("how long that was waited for")),
    WORD("mtu.in.clamped", "pass|silent", N_("what came when it was allowed small segments only")),
    NUMBER("mtu.in.clamped.mss", "B", N_("the largest segment that came then")),
    NUMBER("mtu.in.size", "B", N_("the largest packet that is known to come from the server")),
    NUMBER("mtu.in.mss", "B", N_("the TCP segment size that fits into it")),
    FLAG("mtu.in.exact", N_("one byte more does not come")),
    WORD("mtu.discovery", "unneeded|works|silent|probing",
         N_("path MTU discovery towards the server: no need for it, a router said the size, nobody did; probing: "
            "nobody did, and TCP here found one by itself")),
    NUMBER("mtu.verdict.delay", "s", N_("time until it was certain whether large packets vanish")),
    NUMBER("mtu.connections", "count", N_("connections that this took, one after the other")),
    TEXT("mtu.attempt", N_("one of them, and what came of it")),

    /* mtu: what this machine knows */
    TEXT("mtu.route.interface", N_("the interface that leads to the server")),
    TEXT("mtu.route.via", N_("the gateway")),
    TEXT("mtu.route.source", N_("our own address on that way")),
    NUMBER("mtu.interface.mtu", "B", N_("MTU of that interface")),
    NUMBER("mtu.route.mtu", "B", N_("MTU that is set for the route")),
    FLAG("mtu.route.locked", N_("it is locked: what ICMP says does not change it")),
    NUMBER("mtu.learned", "B", N_("path MTU that this machine has learned from ICMP and remembers")),
    NUMBER("mtu.learned.left", "s", N_("time until it forgets that")),
    WORD("mtu.host.probing", "off|black-hole|always",
         N_("when TCP here looks for the path MTU itself (tcp_mtu_probing)")),
    NUMBER("mtu.host.probing.mss", "B", N_("the segment size that it then begins with (tcp_base_mss)")),
    FLAG("mtu.host.discovery", N_("path MTU discovery is on (ip_no_pmtu_disc is 0)")),
    TEXT("mtu.host.offloads", N_("what the network card does for TCP; captures here then show larger packets")),

    /* mtu: the sweep of the path, by packets of chosen sizes and TTLs */
    WORD("mtu.sweep", "full|partial|icmp|silent|mute",
         N_("what the path does with packets of full size: it brings them to the server, brings them as far as anybody "
            "answers, refuses them by ICMP, loses them silently; mute: nobody answers")),
    NUMBER("mtu.sweep.full", "B", N_("the largest packet that this machine's interface lets out")),
    NUMBER("mtu.sweep.probes", "count", N_("packets of the sweep")),
    NUMBER("mtu.sweep.delay", "s", N_("how long the sweep took")),
    WORD("mtu.sweep.by", "udp|echo", N_("the kind of packets that the path answers")),
    NUMBER("mtu.path", "B", N_("path MTU: the largest packet that arrives, one byte more does not")),
    FLAG("mtu.path.whole", N_("the server itself answered; otherwise it is known up to the last router that did")),
    TEXT("mtu.link", N_("the link where larger packets end")),
    NUMBER("mtu.link.hop", "count", N_("the last hop that they reach; 0 is this machine")),
    TEXT("mtu.link.near", N_("that hop")),
    TEXT("mtu.link.far", N_("the first hop known that they do not reach")),
    WORD("mtu.back", "untested|full|fragmented|silent",
         N_("what becomes of large echo replies on the way back: they come whole, in fragments, or not at all")),
    NUMBER("mtu.back.path", "B", N_("the largest of them that comes whole")),
    TEXT("mtu.back.link", N_("the link where larger ones end, seen from here")),
    NUMBER("mtu.back.link.hop", "count", N_("the last hop whose large replies come whole; 0 is this machine")),
    TEXT("mtu.back.link.near", N_("that hop")),
    TEXT("mtu.back.link.far", N_("the first hop whose large replies do not")),
    TEXT("mtu.untested", N_("what the sweep could not test, and what would")),
    NUMBER("mtu.hop.number", "count", N_("number of a hop on the path; the last may be the server")),
    NUMBER("mtu.hop.passed", "B", N_("the largest packet known to have reached it")),
    NUMBER("mtu.hop.silent", "B", N_("the smallest that it did not answer, though it answers smaller ones")),
    NUMBER("mtu.hop.refused", "B", N_("the smallest on its way there that a router refused by ICMP")),
    NUMBER("mtu.hop.delay", "s", N_("its quickest answer")),

    /* text: what lines of any kind say */
    WORD("seen.says", REPLY_CLASSES "|" LINE_CLASSES, N_("what a line in the evidence says; several may be true")),
    WORD("seen.connect",
         "host-timeout|host-refused|host-unreachable|host-no-address|host-denied|host-no-banner|host-not-tls|"
         "v4-timeout|v4-refused|v4-unreachable|v4-no-address|v4-denied|v4-no-banner|v4-not-tls|"
         "v6-timeout|v6-refused|v6-unreachable|v6-no-address|v6-denied|v6-no-banner|v6-not-tls|"
         "local-timeout|local-refused|local-unreachable|local-no-address|local-denied|local-no-banner|local-not-tls",
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

    /* log: what the lines of logs say together; about the whole log, and about each of the peers most in trouble */
    NUMBER("log.lines", "count", N_("lines of logs and other files that were read")),
    NUMBER("log.lines.understood", "count", N_("of these, the ones that were understood")),
    NUMBER("log.lines.skipped", "count", N_("of these, the ones that say nothing known about mail")),
    TEXT("log.servers", N_("whose lines they are, and how many")),
    NUMBER("log.lines.cut", "count", N_("of these, lines too long to be read to their end")),
    NUMBER("log.bytes", "B", N_("size of what was read")),
    NUMBER("log.bytes.skipped", "B", N_("of this, the ends of lines that were too long")),
    TEXT("log.unknown", N_("the first line that was not understood")),
    TEXT("log.input.fault", N_("why a file could not be read to its end")),
    TEXT("log.first", N_("the first time stamp")),
    TEXT("log.last", N_("the last time stamp")),
    NUMBER("log.span", "s", N_("time between the first and the last stamp")),
    NUMBER("log.sessions", "count",
           N_("connections of clients in the log; of one peer: its sessions in either direction")),
    NUMBER("log.received", "count", N_("messages that were taken over from clients")),
    NUMBER("log.sent", "count", N_("deliveries to other servers and mailboxes")),
    NUMBER("log.deferred", "count", N_("deliveries that were put off")),
    NUMBER("log.suspended", "count", N_("of these, without a new attempt, since the destination was known to fail")),
    NUMBER("log.bounced", "count", N_("deliveries that were given up")),
    NUMBER("log.delivered", "count", N_("messages that a peer brought or took")),
    NUMBER("log.troubles", "count", N_("sessions and deliveries that went wrong")),
    NUMBER("log.noise", "count",
           N_("what every public server logs all day: bots that leave, strangers that are refused")),
    NUMBER("log.share", "ratio", N_("troubles per session")),
    NUMBER("log.rate", "count", N_("troubles per hour, between the first and the last of them")),
    NUMBER("log.peers", "count", N_("different peers in the log, about")),
    NUMBER("log.peers.troubled", "count", N_("of these, those in trouble")),
    WORD("log.scope", "one-peer|one-network|several|many", N_("who is hit")),
    TEXT("log.summarised", N_("what was counted but not kept, since there was too much of it")),
    NUMBER("log.count.timeout", "count", N_("times that a timer fired while we waited for the peer")),
    NUMBER("log.count.lost", "count", N_("times that the peer broke off a session")),
    NUMBER("log.count.busy", "count", N_("421 replies, other than those of the limits below")),
    NUMBER("log.count.too-many", "count", N_("refusals for too many connections of one client at a time")),
    NUMBER("log.count.rate", "count", N_("refusals for too much of one client in a while")),
    NUMBER("log.count.process-limit", "count", N_("times that all processes or sessions of the server were taken")),
    NUMBER("log.count.stress", "count", N_("times that the server went into stress mode")),
    NUMBER("log.count.load", "count", N_("refusals or delays for load")),
    NUMBER("log.count.disk", "count", N_("refusals for lack of room")),
    NUMBER("log.count.size", "count", N_("messages over the size limit")),
    NUMBER("log.count.connect-timeout", "count", N_("connection attempts that nobody answered")),
    NUMBER("log.count.connect-refused", "count", N_("connection attempts that were refused")),
    NUMBER("log.count.unreachable", "count", N_("connection attempts without a route")),
    NUMBER("log.count.dns", "count", N_("look-ups that failed")),
    NUMBER("log.count.tls", "count", N_("TLS handshakes that failed")),
    NUMBER("log.count.auth", "count", N_("authentications that failed")),
    NUMBER("log.count.milter", "count", N_("troubles with milters")),
    NUMBER("log.count.filter", "count", N_("troubles with content filters and local delivery")),
    NUMBER("log.count.policy", "count", N_("troubles with policy services and tables")),
    NUMBER("log.count.greylist", "count", N_("greylistings")),
    NUMBER("log.count.refused", "count", N_("other refusals")),
    NUMBER("log.count.protocol", "count", N_("breaches of the protocol by clients")),
    WORD("log.direction", "in|out", N_("in: the peer is a client of this server; out: the peer is the server")),
    WORD("log.main",
         "timeout|lost|busy|too-many|rate|process-limit|stress|load|disk|size|connect-timeout|"
         "connect-refused|unreachable|dns|tls|auth|milter|filter|policy|greylist|refused|protocol|noise",
         N_("the most frequent trouble")),
    WORD("log.phase", PHASES "|auth", N_("the phase in which most of the timeouts and losses came")),
    TEXT("log.example", N_("an example of its words")),
    NUMBER("log.body.empty", "count", N_("timeouts and losses in the content before its first byte")),
    NUMBER("log.body.part", "count", N_("timeouts and losses in the content after some bytes")),
    NUMBER("log.body.largest", "B", N_("the most content that came before a timeout or loss")),
    NUMBER("log.wait", "s", N_("median time from the connection to a timeout or loss")),
    NUMBER("log.stay", "s", N_("median time that clients stayed before they left, of those that waited for something")),
    NUMBER("log.stay.timer", "s", N_("the timer of theirs that a constant time betrays")),
    NUMBER("log.silence", "s", N_("median time from the last sign of life to a timeout")),
    NUMBER("log.timer", "s", N_("the timer that these times betray")),
    TEXT("log.timer.setting", N_("the setting that sets it")),
    NUMBER("log.timer.default", "s", N_("its value unless somebody changed it")),
    WORD("log.timer.state", "default|stress|short|long", N_("how the timer compares with its default")),
    FLAG("log.resolver-step", N_("the waits are multiples of 5 s, the time-out of a resolver")),
    NUMBER("log.size.failed", "B", N_("median size of messages that timed out or were lost")),
    NUMBER("log.size.failed.smallest", "B", N_("the smallest message that timed out or was lost")),
    NUMBER("log.size.delivered", "B", N_("median size of delivered messages")),
    NUMBER("log.size.delivered.largest", "B", N_("the largest delivered message")),
    NUMBER("log.size.chance", "ratio",
           N_("the chance that failed messages are larger than delivered ones by accident")),
    NUMBER("log.parallel.refused", "count", N_("own deliveries side by side with one that failed, median")),
    NUMBER("log.parallel.sent", "count", N_("own deliveries side by side with one that succeeded, median")),
    NUMBER("log.parallel.chance", "ratio",
           N_("the chance that failures come with more parallel deliveries by accident")),
    NUMBER("log.retry.failed", "count", N_("messages whose delivery failed at least once")),
    NUMBER("log.retry.delivered", "count", N_("of these, the ones that were delivered later")),
    NUMBER("log.concurrency", "count", N_("the most connections of one client at a time")),
    TEXT("log.concurrency.peer", N_("which client that was")),
    NUMBER("log.connection.rate", "count", N_("the most connections of one client per time unit")),
    TEXT("log.connection.rate.peer", N_("which client that was")),
    NUMBER("log.clients.most", "count", N_("the most clients that were served side by side")),
    NUMBER("log.limit", "count", N_("the process limit that was reached")),
    NUMBER("log.load", "count", N_("the highest load average in the log")),
    WORD("log.course", "too-few|steady|began|ended|with-load", N_("how the troubles lie in time")),
    TEXT("log.course.at", N_("when they began or ended")),
    NUMBER("log.course.factor", "count", N_("how many times more often after that moment, or under load")),
    TEXT("log.histogram", N_("start, width of a bucket in seconds, then sessions/troubles of each bucket")),

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
    FLAG("dns.needed", N_("the mail hosts were not found without any name server that answers")),
    FLAG("smtp.ehlo.knows-us", N_("the reply to EHLO has the name that the look-up of our own address gives")),
    FLAG("smtp.banner.resolver-step",
         N_("the banner delay is what a resolver waits for a dead name server, a multiple of 5 s or 6.12 s")),
};

const size_t fact_table_size = sizeof fact_table / sizeof fact_table[0];
