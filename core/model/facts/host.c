/* host: this machine, as far as mail depends on it */
#include "model/fact_table.h"

#define HOST_COPY(file) \
	WORD("host.chroot." file, "same|stale|missing", N_("how Postfix' copy of that file for its chroot compares"))

#define HOST_PACKET(name, sentence) WORD("host.firewall." name, "passes|dropped|unknown", sentence)

const struct fact_def facts_host[] = {
    /* what it has left */
    NUMBER("host.processors", "count", N_("processors of this machine")),
    NUMBER("host.load", "count", N_("load average of the last minute")),
    NUMBER("host.load.share", "ratio", N_("load average of the last five minutes per processor")),
    NUMBER("host.pressure.cpu", "ratio", N_("share of the last minute in which something waited for a processor")),
    NUMBER("host.pressure.memory", "ratio", N_("the same for memory")),
    NUMBER("host.pressure.io", "ratio", N_("the same for disks")),
    NUMBER("host.memory", "B", N_("memory of this machine")),
    NUMBER("host.memory.available", "B", N_("of this, what programs can still get without swapping")),
    NUMBER("host.memory.share", "ratio", N_("the same as a share")),
    NUMBER("host.descriptors", "count", N_("open files of the whole machine")),
    NUMBER("host.descriptors.share", "ratio", N_("share of the limit for the whole machine that they are")),
    TEXT("host.queue.path", N_("the folder of a mail queue")),
    NUMBER("host.queue.free", "B", N_("room that the mail server still finds where its queue is")),
    NUMBER("host.queue.free.share", "ratio", N_("the same as a share")),
    NUMBER("host.queue.inodes.share", "ratio", N_("share of the inodes there that are free")),
    /* the clock */
    FLAG("host.clock.synchronised", N_("the kernel's clock is kept right by somebody (NTP)")),
    NUMBER("host.clock.offset", "s", N_("how far it is being moved; negative: it is ahead")),
    NUMBER("host.clock.error", "s", N_("how wrong it may be at most, as the kernel believes")),
    /* names */
    NUMBER("host.resolver.servers", "count", N_("name servers in resolv.conf")),
    TEXT("host.nsswitch", N_("where names of hosts are looked up, in this order (nsswitch.conf)")),
    FLAG("host.nsswitch.dns", N_("DNS is among them")),
    TEXT("host.chroot", N_("the chroot that services of Postfix run in")),
    HOST_COPY("resolv-conf"),
    HOST_COPY("nsswitch"),
    HOST_COPY("hosts"),
    HOST_COPY("services"),
    /* processes; the subject is the service, as in the facts config.* */
    NUMBER("host.processes", "count", N_("processes that serve clients of this service just now")),
    NUMBER("host.processes.limit", "count", N_("how many there may be")),
    NUMBER("host.processes.share", "ratio", N_("the largest share of such a limit that is used")),
    /* sessions of mail ports */
    NUMBER("host.sessions.in", "count", N_("sessions of clients with ports 25, 465 and 587 of this machine")),
    NUMBER("host.sessions.out", "count", N_("sessions of this machine with such ports of others")),
    NUMBER("host.sessions.most", "count", N_("the most of the former that one address has")),
    NUMBER("host.sessions.stuck", "count", N_("sessions in which something has not moved for long")),
    NUMBER("host.sessions.lost", "count", N_("of these, with packets that are sent again and again")),
    NUMBER("host.sessions.closed-window", "count", N_("of these, whose peer takes no more bytes")),
    NUMBER("host.sessions.unread", "count", N_("of these, whose bytes the program here does not read")),
    NUMBER("host.sessions.unanswered", "count", N_("connection attempts from here that nobody has answered yet")),
    NUMBER("host.sessions.left", "count", N_("connections that the peer has ended and the program here has not")),
    NUMBER("host.sessions.idle", "count", N_("sessions in which nothing has been said for a minute")),
    /* one of them; the subject is "session with ADDRESS port PORT" */
    WORD("host.session.state", "lost|closed-window|unread|unanswered|left|idle", N_("what it is stuck in")),
    WORD("host.session.direction", "in|out", N_("in: the peer is the client")),
    NUMBER("host.session.idle", "s", N_("time since anything came or went")),
    NUMBER("host.session.retransmits", "count", N_("times that the oldest packet has been sent again")),
    NUMBER("host.session.backoff", "count", N_("doublings of the retransmission timer")),
    NUMBER("host.session.unacked", "count", N_("packets that the peer has not acknowledged")),
    NUMBER("host.session.unsent", "B", N_("bytes that are not acknowledged yet")),
    NUMBER("host.session.unread", "B", N_("bytes that came and that the program has not read")),
    NUMBER("host.session.mss", "B", N_("largest segment that is sent")),
    /* packet filters */
    WORD("host.firewall", "none|nftables|iptables", N_("the rules of this machine for packets; none: there are none")),
    TEXT("host.firewall.by", N_("the program that makes these rules")),
    HOST_PACKET("icmp", N_("ICMP \"fragmentation needed\" that comes in (RFC 1191)")),
    HOST_PACKET("icmp6", N_("ICMPv6 \"packet too big\" that comes in (RFC 8201)")),
    HOST_PACKET("out", N_("connection attempts from here to port 25")),
    HOST_PACKET("in", N_("connection attempts from outside to port 25")),
    TEXT("host.firewall.icmp.rule", N_("the chain and rule that decide that")),
    TEXT("host.firewall.icmp6.rule", N_("the chain and rule that decide that")),
    TEXT("host.firewall.out.rule", N_("the chain and rule that decide that")),
    TEXT("host.firewall.in.rule", N_("the chain and rule that decide that")),
    TEXT("host.untested", N_("what could not be looked at, and the command that would")),
    {0},
};
