"""
scenarios - what goes wrong between a sender and a mail server, one function each

A scenario joins ends with connection() and puts rules on the path. The figures are those that real servers and senders use or
have shown (Postfix: 300 s, 60 s in the first; its client: 600 s after the final dot, 180 s for a stuck write).
"""
import copy

from smtp import mail_server, sender
from tcp import Notice, Segment, TOO_BIG, connection
from wire import ACK, RST, SYN, address, ip_size

SCENARIOS = {}


class Scenario:
    def __init__(self, build, cause, shows):
        self.build, self.cause, self.shows = build, cause, shows


def scenario(cause):
    def note(function):
        def build(network, world, arguments):
            function(Place(network, world, arguments))
        SCENARIOS[function.__name__.replace("_", "-")] = Scenario(build, cause, function.__doc__)
        return function
    return note


class Place:
    """Where the sessions of a scenario take place."""

    def __init__(self, network, world, arguments):
        self.network, self.world, self.arguments = network, world, arguments
        self.ports, self.port_step = world.randrange(33000, 50000), 0
        texts = ("2001:db8:1::10", "2001:db8:2::25", "2001:db8:9::1") if arguments.v6 else (
            "192.0.2.10", "198.51.100.25", "203.0.113.1")
        self.client, self.server, self.router = (address(text) for text in texts)

    def session(self, client_app, server_app, start=0.0, client=None, room=65536, client_room=65536):
        self.ports += self.port_step or 1 + self.world.randrange(40)
        first = 2 ** 32 - 40 if self.arguments.wrap else 0

        def isn():
            return first or self.world.randrange(2 ** 31)
        stamp = 0 if self.arguments.without_stamps else self.world.randrange(1, 2 ** 31)
        segment = 1440 if self.arguments.v6 else 1460
        return connection(
            self.network, (client or self.client, self.ports, isn()), (self.server, self.arguments.port, isn()), start,
            client_app, server_app, {"mss": segment, "stamps": stamp, "room": client_room},
            {"mss": segment, "stamps": stamp and self.world.randrange(1, 2 ** 31), "room": room})

    def rule(self, function):
        self.network.rules.append(function)

    def lose_above(self, mtu, side, says_so=False):
        """Packets above this size, sent by that side, get no further."""
        def rule(network, p, end):
            if end.side != side or ip_size(p) <= mtu:
                return [(p, 0.0)]
            if says_so:
                network.tell(Notice(self.router, p, TOO_BIG, mtu), end)
            return []
        self.rule(rule)

    def lose(self, share, data_only=True):
        def rule(network, p, end):
            lost = (p.data or not data_only) and self.world.random() < share
            return [] if lost else [(p, 0.0)]
        self.rule(rule)


@scenario("healthy")
def healthy(place):
    """one message, nothing wrong"""
    place.session(sender(size=42000), mail_server())


@scenario("healthy")
def healthy_tls(place):
    """one message after STARTTLS"""
    place.session(sender(size=42000, tls=True), mail_server(tls=True))


@scenario("healthy")
def healthy_several(place):
    """three messages in one session, a few seconds apart"""
    place.session(sender(size=9000, messages=3, idle=4), mail_server())


@scenario("healthy")
def healthy_small_mtu(place):
    """a smaller MTU on the way, and the router says so: path MTU discovery works"""
    place.lose_above(1400, "client", says_so=True)
    place.session(sender(size=42000), mail_server())


@scenario("healthy")
def healthy_clamped(place):
    """a device on the way lowers the announced segment size to 1360, as it should"""
    def rule(network, p, end):
        if p.flags & SYN and p.mss > 1360:
            p.mss = 1360
        return [(p, 0.0)]
    place.rule(rule)
    place.session(sender(size=42000), mail_server())


@scenario("healthy")
def healthy_reordered(place):
    """segments overtake one another"""
    def rule(network, p, end):
        return [(p, 0.0015 if p.data and place.world.random() < 0.15 else 0.0)]
    place.rule(rule)
    place.session(sender(size=120000), mail_server())


@scenario("healthy")
def healthy_many(place):
    """forty sessions of several senders, some at the same time"""
    for number in range(40):
        base = "2001:db8:7::%x" if place.arguments.v6 else "203.0.113.%d"
        place.session(sender(size=2000 + 700 * number), mail_server(), start=number * 0.7,
                      client=address(base % (10 + number % 7)))


@scenario("client-slow")
def client_slow(place):
    """the first classic case: 90.5 s of silence after 354, a server that waits 60 s, 1024 bytes 30.5 s later"""
    place.session(sender(size=30000, pause=90.5, first=1024), mail_server(patience=60))


@scenario("client-slow")
def client_slow_300(place):
    """the same with a server that waits 300 s and a sender that needs 345 s"""
    place.session(sender(size=12000, pause=345, first=1024), mail_server())


@scenario("pmtu-blackhole")
def blackhole_to_server(place):
    """packets above 1400 bytes vanish on their way to the server, the tail of 20 kB arrives"""
    place.lose_above(1400, "client")
    place.session(sender(size=20000), mail_server())


@scenario("pmtu-blackhole")
def blackhole_to_server_large(place):
    """the same with a message that does not fit the socket buffer"""
    place.lose_above(1400, "client")
    place.session(sender(size=400000), mail_server())


@scenario("pmtu-blackhole")
def blackhole_icmp_ignored(place):
    """the router says that packets are too big, but the sender's host does not hear it (its filter drops ICMP)"""
    place.lose_above(1400, "client", says_so=True)
    ends = place.session(sender(size=20000), mail_server())
    ends[0].heeds_icmp = False


@scenario("pmtu-blackhole")
def blackhole_to_client(place):
    """packets above 1400 bytes vanish on their way to the client: the server's certificate does not arrive"""
    place.lose_above(1400, "server")
    place.session(sender(tls=True), mail_server(tls=True))


@scenario("healthy")
def loss(place):
    """three segments in a hundred get lost, the mail arrives"""
    place.lose(0.03, data_only=False)
    place.session(sender(size=300000), mail_server())


@scenario("unknown")
def loss_heavy(place):
    """every fourth packet gets lost: a bad line, no black hole"""
    place.lose(0.25, data_only=False)
    place.session(sender(size=60000), mail_server())


@scenario("dns-slow-server")
def slow_banner(place):
    """the banner takes 10.03 s: a dead name server behind the server"""
    place.session(sender(), mail_server(banner=10.03))


@scenario("server-fault")
def no_banner(place):
    """connects, and the banner never comes; the sender gives up after 300 s"""
    place.session(sender(), mail_server(banner=3600))


@scenario("policy-service-down")
def slow_rcpt(place):
    """25 s until the reply to RCPT, each time"""
    place.session(sender(messages=2, idle=0.1), mail_server(rcpt=25))


@scenario("overload-stress")
def slow_dot(place):
    """75 s until the reply to the final dot"""
    place.session(sender(size=42000), mail_server(dot=75))


@scenario("client-timeout-too-short")
def impatient_client(place):
    """the client hangs up 10 s after the final dot; the server would have needed 25 s"""
    place.session(sender(size=42000, dot_patience=10), mail_server(dot=25))


@scenario("server-fault")
def closed_window(place):
    """the server stops reading in the middle of the message: the window closes, and 240 s later opens again"""
    place.session(sender(size=400000), mail_server(stops_reading=240), room=60000)


@scenario("too-many-connections-per-client")
def too_many(place):
    """the server takes two sessions from one address and greets four more with 421"""
    place.session(sender(size=9000, messages=2, idle=3), mail_server())
    place.session(sender(size=9000, messages=2, idle=3), mail_server(), start=0.3)
    refusal = "421 4.7.0 mx.example.net Error: too many connections from %s" % place.client
    for number in range(4):
        place.session(sender(), mail_server(refuse=refusal), start=0.6 + 0.4 * number)


@scenario("tls-handshake-fail")
def tls_stall(place):
    """the server says nothing after the ClientHello; its kernel acknowledges it, the client gives up after 60 s"""
    place.session(sender(tls=True, patience=60), mail_server(tls=True, tls_hello=3600))


@scenario("firewall-smtp-inspection")
def injected_reset(place):
    """a device on the way resets the session when the message begins, in both directions"""
    state = {}

    def rule(network, p, end):
        if p.data and end.side == "client" and b"Subject:" in p.data and not state:
            state["done"] = True
            inject(network, end, p)
            return []
        return [(p, 0.0)]

    def inject(network, end, p):
        for target, source, position, ttl in ((end, end.peer, p.ack, 254), (end.peer, end, p.seq, 125)):
            forged = Segment(source.address, target.address, source.port, target.port, position, 0, RST, 0)
            forged.ttl, forged.ip_id = ttl, 0
            network.at(network.delay, network.arrive, forged, target)
    place.rule(rule)
    place.session(sender(size=9000), mail_server())


@scenario("session-limit")
def data_after_421(place):
    """the server ends the session after five messages; the client goes on talking and meets an RST"""
    place.session(sender(size=3000, messages=8, idle=0.2, persists=True), mail_server(limit=5))


@scenario("firewall-smtp-inspection")
def masked_banner(place):
    """a device masks the banner and turns EHLO into XXXX"""
    def rule(network, p, end):
        if p.data.startswith(b"220 "):
            p.data = b"220 " + b"*" * (len(p.data) - 6) + b"\r\n"
        elif p.data.startswith(b"EHLO"):
            p.data = b"XXXX" + p.data[4:]
        return [(p, 0.0)]
    place.rule(rule)
    place.session(sender(size=6000), mail_server())


@scenario("firewall-smtp-inspection")
def split_dot(place):
    """the final dot and its CRLF travel apart, and a device on the way does not let the second part through"""
    def rule(network, p, end):
        return [] if end.side == "client" and p.data == b"\r\n" else [(p, 0.0)]
    place.rule(rule)
    place.session(sender(size=6000, split_dot=True), mail_server())


@scenario("stale-pooled-connection")
def server_idle_timeout(place):
    """a pooled session is idle for 330 s; the server has ended it after 300 s, the client's next MAIL meets an RST"""
    place.session(sender(size=9000, messages=2, idle=330, persists=True), mail_server())


@scenario("nat-idle-timeout")
def nat_idle(place):
    """a pooled session is idle for 400 s, and a device between forgets it after 350 s: nothing arrives any more"""
    last = {}

    def rule(network, p, end):
        if network.now - last.get("at", network.now) > 350:
            return []
        last["at"] = network.now
        return [(p, 0.0)]
    place.rule(rule)
    place.session(sender(size=9000, messages=2, idle=400), mail_server(patience=900))


@scenario("server-down")
def refused(place):
    """nobody listens on the port"""
    place.session(sender(), None)


@scenario("firewall-port-blocked")
def silent(place):
    """SYNs get no answer"""
    place.rule(lambda network, p, end: [])
    place.session(sender(), mail_server())


@scenario("server-fault")
def frozen(place):
    """the server's kernel acknowledges the final dot, its application never answers; the client gives up after 600 s"""
    place.session(sender(size=42000), mail_server(dot=7200))


# ---- other timers, other servers

EXIM = {"greeting": "220 mx.example.net ESMTP Exim 4.96 Sun, 22 Nov 2026 10:00:00 +0000",
        "farewell": "421 mx.example.net: SMTP command timeout - closing connection"}
SENDMAIL = {"greeting": "220 mx.example.net ESMTP Sendmail 8.17.1/8.17.1; Sun, 22 Nov 2026 10:00:00 +0100",
            "farewell": "451 4.4.1 timeout waiting for input during message collect"}
EXCHANGE = {"greeting": "220 MX01.example.net Microsoft ESMTP MAIL Service ready at Sun, 22 Nov 2026 10:00:00 +0100",
            "farewell": "451 4.7.0 Timeout waiting for client input"}


@scenario("client-slow")
def exim_client_slow(place):
    """Exim waits 300 s for the message, the sender needs 340 s"""
    place.session(sender(size=9000, pause=340), mail_server(**EXIM))


@scenario("client-slow")
def sendmail_client_slow(place):
    """Sendmail waits an hour for the message; the sender is silent for longer"""
    place.session(sender(size=9000, pause=3700), mail_server(patience=3600, **SENDMAIL))


@scenario("client-slow")
def exchange_client_slow(place):
    """Exchange waits 5 minutes"""
    place.session(sender(size=9000, pause=400), mail_server(patience=300, **EXCHANGE))


@scenario("client-slow")
def exchange_client_slow_600(place):
    """Exchange waits 10 minutes"""
    place.session(sender(size=9000, pause=700), mail_server(patience=600, **EXCHANGE))


@scenario("overload-stress")
def stress_10(place):
    """Postfix under stress waits only 10 s, the sender needs 22 s"""
    place.session(sender(size=9000, pause=22), mail_server(patience=10))


@scenario("client-slow")
def client_slow_body(place):
    """the sender stops in the middle of a message for longer than the server's 300 s"""
    place.session(sender(size=9000, first=4000, stalls=360), mail_server())


@scenario("client-slow")
def client_slow_done(place):
    """a sender that needs 170 s for the message and is waited for"""
    place.session(sender(size=9000, pause=170), mail_server())


# ---- inside TLS

@scenario("healthy")
def tls13(place):
    """one message after STARTTLS, TLS 1.3"""
    place.session(sender(size=42000, tls=1.3), mail_server(tls=1.3))


@scenario("healthy")
def smtps(place):
    """one message, TLS from the start"""
    place.session(sender(size=42000, implicit=True), mail_server(implicit=True))


@scenario("healthy")
def smtps13_small(place):
    """a small message, TLS 1.3 from the start"""
    place.session(sender(size=700, implicit=True, tls=1.3), mail_server(implicit=True, tls=1.3))


@scenario("healthy")
def tls_several(place):
    """three messages in one TLS session, 12 s apart"""
    place.session(sender(size=9000, tls=True, messages=3, idle=12), mail_server(tls=True))


@scenario("content-filter-slow")
def tls_slow_dot(place):
    """STARTTLS, and 75 s until the reply to the final dot"""
    place.session(sender(size=42000, tls=True), mail_server(tls=True, dot=75))


@scenario("content-filter-slow")
def smtps_slow_dot(place):
    """TLS 1.3 from the start, and 75 s until the reply to the final dot"""
    place.session(sender(size=42000, tls=1.3, implicit=True), mail_server(implicit=True, tls=1.3, dot=75))


@scenario("client-slow")
def tls_client_slow(place):
    """STARTTLS, and the sender is silent for 345 s before the message; the server gives up after 300 s"""
    place.session(sender(size=12000, tls=True, pause=345), mail_server(tls=True))


@scenario("client-slow")
def smtps_client_slow(place):
    """the same with TLS 1.3 from the start and a server that waits 60 s"""
    place.session(sender(size=12000, tls=1.3, implicit=True, pause=90), mail_server(tls=1.3, implicit=True, patience=60))


@scenario("client-timeout-too-short")
def tls_impatient(place):
    """STARTTLS; the client hangs up 10 s after the final dot, the server would have needed 25 s"""
    place.session(sender(size=42000, tls=True, dot_patience=10), mail_server(tls=True, dot=25))


@scenario("pmtu-blackhole")
def tls_blackhole_to_server(place):
    """STARTTLS works; the message's packets above 1400 bytes vanish"""
    place.lose_above(1400, "client")
    place.session(sender(size=30000, tls=True), mail_server(tls=True))


@scenario("overload-stress")
def tls_closed_window(place):
    """the server stops reading inside TLS for 240 s"""
    place.session(sender(size=400000, tls=True), mail_server(tls=True, stops_reading=240), room=60000)


@scenario("tls-handshake-fail")
def smtps_stall(place):
    """TLS from the start; the server says nothing after the ClientHello, the client gives up after 60 s"""
    place.session(sender(implicit=True, patience=60), mail_server(implicit=True, tls_hello=3600))


@scenario("dns-slow-server")
def smtps_slow_banner(place):
    """TLS from the start, and then 21 s until the banner"""
    place.session(sender(implicit=True), mail_server(implicit=True, banner=21))


@scenario("policy-service-down")
def tls_slow_rcpt(place):
    """STARTTLS, and 25 s until the reply to RCPT"""
    place.session(sender(tls=True, messages=2, idle=0.1), mail_server(tls=True, rcpt=25))


# ---- several peers, one in trouble

def crowd(place, number):
    base = "2001:db8:7::%x" if place.arguments.v6 else "203.0.113.%d"
    return address(base % (10 + number))


@scenario("client-slow")
def many_one_slow(place):
    """twenty senders, one of which is slow"""
    for number in range(20):
        place.session(sender(size=3000 + 500 * number, pause=90 if number == 11 else 0), mail_server(patience=60),
                      start=number * 1.3, client=crowd(place, number))


@scenario("pmtu-blackhole")
def many_one_blackhole(place):
    """twelve senders, one of which is behind a black hole"""
    bad = crowd(place, 7)

    def rule(network, p, end):
        return [] if p.source == bad and ip_size(p) > 1300 else [(p, 0.0)]
    place.rule(rule)
    for number in range(12):
        place.session(sender(size=20000), mail_server(), start=number * 2.1, client=crowd(place, number))


@scenario("content-filter-slow")
def many_one_filtered(place):
    """eight senders; one message takes the server's filter 130 s"""
    for number in range(8):
        place.session(sender(size=9000), mail_server(dot=130 if number == 3 else 0.2), start=number * 4,
                      client=crowd(place, number))


@scenario("pmtu-blackhole")
def same_client_several(place):
    """several sessions of one client: small messages pass, the large one meets the black hole"""
    place.lose_above(1400, "client")
    for number in range(4):
        place.session(sender(size=900), mail_server(), start=number * 5)
    place.session(sender(size=50000), mail_server(), start=21)


# ---- odd, and harmless

@scenario("healthy")
def reset_after_quit(place):
    """the server resets the connection after QUIT"""
    place.session(sender(size=9000), mail_server(resets=True))


@scenario("healthy")
def reset_by_client_after_quit(place):
    """the sender closes without waiting for 221, which meets an RST"""
    place.session(sender(size=9000, hasty=True), mail_server())


@scenario("healthy")
def keepalives(place):
    """a session that is kept for two minutes between messages, with keep-alive probes"""
    ends = place.session(sender(size=9000, messages=2, idle=120), mail_server())
    for number in range(1, 6):
        place.network.at(number * 20, lambda: ends[0].state == "open" and ends[0].emit(ACK, ends[0].sent - 1))


@scenario("healthy")
def duplicate_acks(place):
    """the server repeats each acknowledgement"""
    def rule(network, p, end):
        bare = not p.data and p.flags == ACK and end.side == "server"
        return [(p, 0.0), (copy.copy(p), 0.0003)] if bare else [(p, 0.0)]
    place.rule(rule)
    place.session(sender(size=90000), mail_server())


@scenario("healthy")
def reordered_much(place):
    """three of ten segments come late"""
    def rule(network, p, end):
        return [(p, 0.004 * place.world.random() if p.data and place.world.random() < 0.3 else 0.0)]
    place.rule(rule)
    place.session(sender(size=200000), mail_server())


@scenario("healthy")
def small_segments(place):
    """a device on the way announces segments of 536 bytes"""
    def rule(network, p, end):
        if p.flags & SYN:
            p.mss = 536
        return [(p, 0.0)]
    place.rule(rule)
    place.session(sender(size=42000), mail_server())


@scenario("healthy")
def window_closed_briefly(place):
    """the server's window closes for half a second"""
    place.session(sender(size=300000), mail_server(stops_reading=0.5), room=30000)


@scenario("healthy")
def recipient_twice(place):
    """a sender that says NOOP first and takes its time, but no harm comes of it"""
    place.session(sender(size=9000, start=2.5), mail_server(banner=2.0, dot=2.2))


@scenario("recipient-refused")
def no_such_user(place):
    """the recipient does not exist"""
    place.session(sender(size=9000, quits=True), mail_server(
        reject="550 5.1.1 <b.reader@example.net>: Recipient address rejected: User unknown in local recipient table"))


@scenario("too-many-connections-per-client")
def too_many_exim(place):
    """Exim takes no more sessions from that host"""
    place.session(sender(size=9000, messages=2, idle=3), mail_server(**EXIM))
    for number in range(3):
        place.session(sender(), mail_server(
            refuse="421 mx.example.net: Too many concurrent SMTP connections from this host; please try again later"),
            start=0.6 + 0.4 * number)


@scenario("pmtu-blackhole")
def blackhole_1280(place):
    """packets above 1280 bytes vanish on their way to the server, which is far away"""
    place.lose_above(1280, "client")
    place.session(sender(size=60000), mail_server())


@scenario("packet-loss")
def loss_both_ways(place):
    """every fifth packet gets lost, whatever its size"""
    place.lose(0.2, data_only=False)
    place.session(sender(size=90000), mail_server())
