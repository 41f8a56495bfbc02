"""
tcp - two ends of a simulated TCP with a path between them, and a tap that sees what passes at one of the ends or between

Enough of Linux's TCP for captures to look right: handshake with options, congestion window from 11 segments (10 and the SYN), immediate ACKs
with SACK, retransmission by timer (doubling) and after three duplicate ACKs, closed windows with probes, FIN, RST to who
talks to a closed socket. Time is simulated: an hour takes no time. Applications are generators that yield what they wait for.
"""
import copy
import heapq
import itertools

from wire import ACK, FIN, PSH, RST, SYN, TOO_BIG, ip_size

TIMEOUT, CLOSED = "timeout", "closed"  # what waiting may end with instead of text
QUICK = 0.00004  # s until an ACK goes out: time enough for data to take it along
LEAST_RTO, MOST_RTO = 0.2, 120.0
MOST_TRIES, MOST_TRIES_ORPHANED = 15, 8  # of a segment: while an application holds the socket, and afterwards


class Segment:
    """A TCP segment on its way; seq and ack are not wrapped yet."""

    def __init__(self, source, target, source_port, target_port, seq, ack, flags, window, data=b""):
        self.source, self.target, self.source_port, self.target_port = source, target, source_port, target_port
        self.seq, self.ack, self.flags, self.window, self.data = seq, ack, flags, window, data
        self.mss = 0
        self.sack_permitted = False
        self.scale = self.stamps = None
        self.sacks = []
        self.ttl, self.ip_id = 64, 0


class Notice:
    """An ICMP message of a router about a segment."""

    def __init__(self, router, about, what, mtu=0):
        self.source, self.target, self.about, self.what, self.mtu = router, about.source, about, what, mtu
        self.ttl, self.ip_id = 250, 0x4000


class Network:
    """The clock, the path and the tap. A rule sees each segment and gives back [(segment, extra delay), ...]."""

    def __init__(self, tap, delay=0.0004, hops=3, fault_near="server"):
        self.tap, self.delay, self.hops, self.fault_near = tap, delay, hops, fault_near
        self.now, self.events, self.order = 0.0, [], itertools.count()
        self.rules, self.seen = [], []  # seen: (time, sent from where the tap is, packet)

    def at(self, delay, action, *args):
        heapq.heappush(self.events, (self.now + delay, next(self.order), action, args))

    def run(self, limit):
        while self.events and self.events[0][0] <= limit:
            self.now, _, action, args = heapq.heappop(self.events)
            action(*args)

    def watch(self, packet, end, outgoing):
        if self.tap == end.side:
            self.seen.append((self.now, outgoing, copy.copy(packet)))

    def pass_middle(self, packet, end, extra=0.0):
        """A tap half way; what the rules do is done between it and the end that fault_near names."""
        if self.tap == "middle":
            passing = copy.copy(packet)
            self.at(self.delay / 2 + extra, lambda: self.seen.append((self.now, end.side == "client", passing)))

    def send(self, packet, end):
        self.watch(packet, end, True)
        if end.side != self.fault_near:
            self.pass_middle(packet, end)
        routes = [(copy.copy(packet), 0.0)]
        for rule in self.rules:
            routes = [(p, extra + more) for way, extra in routes for p, more in rule(self, way, end)]
        for forwarded, extra in routes:
            if end.side == self.fault_near:
                self.pass_middle(forwarded, end, extra)
            forwarded.ttl -= self.hops
            self.at(self.delay + extra, self.arrive, forwarded, end.peer)

    def arrive(self, packet, end):
        self.watch(packet, end, False)
        end.receive(packet)

    def tell(self, notice, end):
        """A router's ICMP message to the sender of a segment; the end decides whether it heeds it."""
        if end.side != self.fault_near:
            self.pass_middle(notice, end.peer)
        self.at(self.delay, self.arrive_notice, notice, end)

    def arrive_notice(self, notice, end):
        self.watch(notice, end, False)
        end.heed(notice)


class Part:
    """A piece of the stream that was sent and is not acknowledged yet."""

    def __init__(self, start, end, push, fin=False):
        self.start, self.end, self.push, self.fin = start, end, push, fin
        self.sacked = self.lost = self.repeated = False


class End:
    """One end of a connection. Stream positions count from the initial sequence number."""

    def __init__(self, network, side, address, port, isn, mss=1460, room=65536, scale=7, stamps=0):
        self.network, self.side, self.address, self.port, self.isn = network, side, address, port, isn
        self.mss, self.announced, self.room, self.scale, self.stamp_base = mss, mss, room, scale, stamps
        self.peer, self.app, self.waiting = None, None, None
        self.state, self.heeds_icmp = "closed", True
        self.stream, self.parts, self.sent, self.acked = bytearray(), [], 1, 0
        self.fin_queued = self.gone = self.reset = False
        self.window, self.cwnd, self.duplicates, self.rto, self.timer = 65535, 11, 0, 1.0, 0
        self.expected, self.early, self.inbox, self.unread = 0, {}, bytearray(), 0
        self.reading, self.eof, self.eof_at, self.ack_due = True, False, None, False
        self.peer_scale, self.heard, self.probing, self.ip_id = 0, 0.0, False, isn & 0xffff
        self.last_stamp, self.armed_for, self.tries = 0, -1, 0
        self.pending_app = None  # of a server: started when somebody has connected

    # ---- what applications use

    def send(self, text):
        self.stream += text if isinstance(text, bytes) else text.encode("latin-1")
        self.transmit()

    def close(self):
        """As close(2): what is unread makes it an RST, and whoever talks to it later gets one."""
        self.gone = True
        if self.unread:
            self.abort()
        else:
            self.fin_queued = True
            self.transmit()

    def abort(self):
        self.gone = True
        if self.state == "open":
            self.emit(RST | ACK, self.sent)
        self.die()

    def sleep(self, seconds):
        return lambda: None, seconds, False

    def line(self, timeout=None):
        return self.until(b"\r\n", timeout)

    def until(self, mark, timeout=None):
        """Text up to and with the mark; TIMEOUT after so much silence; CLOSED when the peer has ended."""
        def look():
            at = self.inbox.find(mark)
            if at >= 0:
                text = bytes(self.inbox[:at + len(mark)])
                del self.inbox[:at + len(mark)]
                return text
            return CLOSED if self.eof else None
        return look, timeout, True

    def take(self, size, timeout=None):
        def look():
            if len(self.inbox) >= size:
                text = bytes(self.inbox[:size])
                del self.inbox[:size]
                return text
            return CLOSED if self.eof else None
        return look, timeout, True

    def reply(self, timeout=None):
        """A whole SMTP reply, all its lines."""
        def look():
            at = 0
            while (end := self.inbox.find(b"\r\n", at)) >= 0:
                if self.inbox[at + 3:at + 4] != b"-":
                    text = bytes(self.inbox[:end + 2])
                    del self.inbox[:end + 2]
                    return text
                at = end + 2
            return CLOSED if self.eof else None
        return look, timeout, True

    def drained(self, timeout=None):
        """Until the socket buffer has room again: all but 64 KiB acknowledged."""
        return lambda: True if len(self.stream) + 1 - self.acked <= 65536 else None, timeout, True

    def read_on(self):
        self.reading, self.unread = True, 0
        self.acknowledge()
        self.poke()

    # ---- applications

    def start(self, app):
        self.app = app
        self.step(None)

    def step(self, value):
        self.waiting = None
        if self.app is None:
            return
        try:
            look, timeout, resets = self.app.send(value)
        except StopIteration:
            self.app = None
            return
        self.waiting = waiting = [look, timeout, resets]
        self.heard = self.network.now
        if timeout is not None:
            self.network.at(timeout, self.expire, waiting)
        self.network.at(0, self.poke)

    def expire(self, waiting):
        if self.waiting is not waiting:
            return
        left = self.heard + waiting[1] - self.network.now
        if waiting[2] and left > 1e-9:  # silence is counted from what was heard last
            self.network.at(left, self.expire, waiting)
        else:
            self.step(TIMEOUT if waiting[2] else None)

    def poke(self):
        if self.waiting is not None and self.waiting[2]:
            found = self.waiting[0]()
            if found is not None:
                self.step(found)

    def die(self):
        self.state, self.parts, self.timer = "dead", [], self.timer + 1
        self.app, self.waiting = None, None

    # ---- TCP

    def segment(self, flags, position, data=b""):
        free = max(0, self.room - self.unread)
        shift = 0 if flags & SYN else self.scale or 0
        p = Segment(self.address, self.peer.address, self.port, self.peer.port, self.isn + position,
                    self.peer.isn + self.expected if flags & ACK else 0, flags, min(free >> shift, 65535), data)
        if self.stamp_base:
            p.stamps = (self.stamp_base + int(self.network.now * 1000), self.last_stamp)
        if flags & SYN:
            p.mss, p.sack_permitted, p.scale = self.announced, True, self.scale
        self.ip_id += 1
        p.ip_id = self.ip_id
        return p

    def emit(self, flags, position, data=b""):
        p = self.segment(flags, position, data)
        if flags & ACK and not flags & (SYN | RST):
            p.sacks = self.sack_blocks()
        if flags & ACK:
            self.ack_due = False
        self.network.send(p, self)

    def sack_blocks(self):
        blocks = []
        for start in sorted(self.early):
            end = start + len(self.early[start])
            if blocks and blocks[-1][1] >= start:
                blocks[-1][1] = max(blocks[-1][1], end)
            else:
                blocks.append([start, end])
        return [(self.peer.isn + a, self.peer.isn + b) for a, b in blocks[:3]]

    def connect(self, timeout=None):
        self.state = "syn-sent"
        self.emit(SYN, 0)
        self.arm()
        return lambda: True if self.state == "open" else None, timeout, False

    def acknowledge(self):
        if self.state == "open":
            self.emit(ACK, self.sent)

    def acknowledge_soon(self):
        if not self.ack_due:
            self.ack_due = True
            self.network.at(QUICK, self.acknowledge_due)

    def acknowledge_due(self):
        if self.ack_due:
            self.acknowledge()

    def payload(self):
        return self.mss - (12 if self.stamp_base else 0)

    def transmit(self):
        """Sends what the windows allow: lost parts first, then new ones."""
        if self.state != "open":
            return
        flying = sum(1 for part in self.parts if not part.sacked and not part.lost)
        for part in self.parts:
            if part.lost and not part.sacked and flying < self.cwnd:
                part.lost, part.repeated = False, True
                self.resend(part)
                flying += 1
        end = len(self.stream) + 1
        while self.sent < end and flying < self.cwnd:
            size = min(self.payload(), end - self.sent, self.acked + self.window - self.sent)
            if size <= 0 or (size < self.payload() and self.has_small_flying() and not self.fin_queued):
                break  # Nagle as Minshall has it: one small segment at a time
            stop = self.sent + size
            part = Part(self.sent, stop, stop == end, self.fin_queued and stop == end)
            self.parts.append(part)
            self.sent = stop + part.fin
            self.resend(part)
            flying += 1
        if self.fin_queued and self.sent == end and flying < self.cwnd + 1:
            self.parts.append(Part(end, end, False, True))
            self.sent = end + 1
            self.resend(self.parts[-1])
        if self.parts:
            self.arm(keep=True)
        elif self.sent < end and not self.probing:
            self.probing = True
            self.network.at(self.rto, self.probe, self.rto)

    def has_small_flying(self):
        return any(not part.fin and part.end - part.start < self.payload() for part in self.parts)

    def resend(self, part):
        flags = ACK | (PSH if part.push else 0) | (FIN if part.fin else 0)
        self.emit(flags, part.start, bytes(self.stream[part.start - 1:part.end - 1]))

    def probe(self, wait):
        """Window probes: an old sequence number that asks for an ACK."""
        self.probing = False
        if self.state == "open" and not self.parts and self.sent < len(self.stream) + 1:
            self.emit(ACK, self.acked - 1)
            self.probing = True
            self.network.at(min(2 * wait, MOST_RTO), self.probe, min(2 * wait, MOST_RTO))

    def arm(self, keep=False):
        if keep and self.armed_for == self.timer:
            return
        self.timer += 1
        self.armed_for = self.timer
        self.network.at(self.rto, self.fire, self.timer)

    def fire(self, timer):
        if timer != self.timer or self.state == "dead":
            return
        self.rto = min(2 * self.rto, MOST_RTO)
        self.tries += 1
        if self.tries > (MOST_TRIES_ORPHANED if self.gone else MOST_TRIES):
            self.die()
            return
        if self.state in ("syn-sent", "syn-received"):
            self.emit(SYN if self.state == "syn-sent" else SYN | ACK, 0)
        elif self.parts:
            for part in self.parts:
                part.lost = not part.sacked
            self.cwnd, self.duplicates = 1, 0
            self.transmit()
        else:
            return
        self.arm()

    def heed(self, notice):
        headers = ip_size(notice.about) - len(notice.about.data)
        mss = notice.mtu - headers + (12 if self.stamp_base else 0)
        if self.heeds_icmp and notice.what == TOO_BIG and mss < self.mss:
            self.mss = mss
            unacknowledged = [part for part in self.parts if not part.sacked]
            if unacknowledged:  # cut anew what was too large
                self.parts, self.sent = [], unacknowledged[0].start
                self.timer += 1
                self.transmit()

    def receive(self, p):
        if self.state == "dead":
            if not p.flags & RST and (p.data or p.flags & SYN):
                self.refuse(p)
            return
        if p.stamps:
            self.last_stamp = p.stamps[0]
        if p.flags & RST:
            self.reset = True
            self.die()
            return
        if p.flags & SYN:
            self.receive_syn(p)
            return
        if self.state == "syn-received" and p.flags & ACK:
            self.opened()
        if self.gone and p.data and self.state == "open":
            self.refuse(p)
            self.die()
            return
        self.window = p.window << (self.peer_scale if self.state == "open" else 0)
        self.receive_ack(p)
        self.receive_data(p)
        self.transmit()
        self.poke()

    def refuse(self, p):
        answer = self.segment(RST, p.ack - self.isn)
        answer.window, answer.stamps = 0, None
        self.network.send(answer, self)

    def receive_syn(self, p):
        if self.state == "closed" and self.pending_app is None:
            self.refuse_connection(p)
            return
        self.expected, self.peer_scale = 1, p.scale or 0
        self.mss = min(self.mss, p.mss or 536)
        if p.flags & ACK:
            if self.state == "syn-sent":
                self.acked = 1
                self.opened()
            self.acknowledge()
        elif self.state in ("closed", "syn-received"):
            self.state, self.acked = "syn-received", 0
            self.emit(SYN | ACK, 0)
            self.arm()

    def refuse_connection(self, p):
        answer = self.segment(RST | ACK, 0)
        answer.ack, answer.window, answer.stamps = p.seq + 1, 0, None
        self.network.send(answer, self)

    def opened(self):
        self.state, self.acked = "open", 1
        self.rto, self.timer = LEAST_RTO + 2 * self.network.delay, self.timer + 1
        if self.pending_app is not None:
            self.start(self.pending_app)
            self.pending_app = None
        self.network.at(0, self.opened_poke)

    def opened_poke(self):
        if self.waiting is not None and not self.waiting[2] and self.waiting[0]() is not None:
            self.step(True)

    def receive_ack(self, p):
        position = p.ack - self.isn
        for start, end in p.sacks:
            for part in self.parts:
                if start <= self.isn + part.start and self.isn + part.end <= end and part.end > part.start:
                    part.sacked = True
        if position > self.acked:
            done = [part for part in self.parts if part.end + part.fin <= position]
            self.parts = self.parts[len(done):]
            self.cwnd += len(done)
            self.acked, self.duplicates, self.rto = position, 0, LEAST_RTO + 2 * self.network.delay
            self.timer += 1
            self.tries = 0
            if self.parts:
                self.arm()
        elif self.parts and not p.data and not p.flags & FIN and position == self.acked:
            self.duplicates += 1
            if self.duplicates == 3:
                hole = next((part for part in self.parts if not part.sacked and not part.repeated), None)
                if hole is not None:
                    hole.lost = True

    def receive_data(self, p):
        position = p.seq - self.peer.isn
        end = position + len(p.data)
        if p.flags & FIN:
            self.eof_at = end
        if not p.data and not p.flags & FIN:
            if position < self.expected:
                self.acknowledge_soon()  # a window probe, or a repeated FIN
            return
        if p.data:
            self.heard = self.network.now
            if end > self.expected and self.unread + len(p.data) <= self.room:
                self.early[position] = p.data
        while (start := next((s for s in sorted(self.early) if s <= self.expected), None)) is not None:
            data = self.early.pop(start)[self.expected - start:]
            self.expected += len(data)
            self.inbox += data
            self.unread += 0 if self.reading else len(data)
        if self.eof_at == self.expected:
            self.expected += 1
            self.eof = True
        self.acknowledge_soon()


def connection(network, client, server, start, client_app, server_app, client_settings, server_settings):
    """
    Joins two ends (address, port, initial sequence number) and starts their applications; a server without one refuses the
    connection. The settings are those of End.
    """
    a = End(network, "client", *client, **client_settings)
    b = End(network, "server", *server, **server_settings)
    a.peer, b.peer = b, a
    if server_app is not None:
        b.pending_app = server_app(b)
    network.at(start, lambda: a.start(client_app(a)))
    return a, b
