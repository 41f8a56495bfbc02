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
        self.ports = world.randrange(33000, 50000)
        texts = ("2001:db8:1::10", "2001:db8:2::25", "2001:db8:9::1") if arguments.v6 else (
            "192.0.2.10", "198.51.100.25", "203.0.113.1")
        self.client, self.server, self.router = (address(text) for text in texts)

    def session(self, client_app, server_app, start=0.0, client=None, room=65536):
        self.ports += 1 + self.world.randrange(40)
        first = 2 ** 32 - 40 if self.arguments.wrap else 0

        def isn():
            return first or self.world.randrange(2 ** 31)
        stamp = 0 if self.arguments.without_stamps else self.world.randrange(1, 2 ** 31)
        segment = 1440 if self.arguments.v6 else 1460
        return connection(
            self.network, (client or self.client, self.ports, isn()), (self.server, self.arguments.port, isn()), start,
            client_app, server_app, {"mss": segment, "stamps": stamp},
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


@scenario("content-filter-slow")
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
