"""
oddities - what kernels, middleboxes and programs do to a session that looks odd: some of it is trouble, much of it is none

Here a scenario changes what an end or the path does (options, flags, who resets), where those of scenarios.py set figures.
"""
from scenarios import EXIM, scenario
from smtp import CLIENT, SERVER, mail_server, message, record, sender
from tcp import CLOSED, TIMEOUT, Notice, Segment
from wire import ACK, RST, SYN, UNREACHABLE


def speaks(*script, patience=300, farewell="421 4.4.2 %s Error: timeout exceeded" % SERVER, banner="220 %s ESMTP Postfix" % SERVER):
    """A server by script: ("mark", "answer", seconds before it)."""
    def app(s):
        yield s.sleep(0.02)
        s.send(banner + "\r\n")
        for mark, answer, delay in script:
            if (yield s.until(mark.encode(), patience)) in (TIMEOUT, CLOSED):
                s.send(farewell + "\r\n")
                s.close()
                return
            yield s.sleep(delay)
            if answer == "RST":
                s.abort()
                return
            s.send(answer)
        s.close()
    return app


EHLO = ("EHLO", "250-%s\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 8BITMIME\r\n" % SERVER, 0.001)
MAIL = ("MAIL", "250 2.1.0 Ok\r\n", 0.001)
RCPT = ("RCPT", "250 2.1.5 Ok\r\n", 0.002)
DATA = ("DATA\r\n", "354 End data with <CR><LF>.<CR><LF>\r\n", 0.001)
DOT = ("\r\n.\r\n", "250 2.0.0 Ok: queued as 4ZkP01Qm8zJ1\r\n", 0.03)
QUIT = ("QUIT\r\n", "221 2.0.0 Bye\r\n", 0.0)


def says(*script, patience=300, hangs_up="close", connect=30):
    """A client by script: a text is sent, a number is slept, "reply" is waited for."""
    def app(s):
        if (yield s.connect(connect)) is not True:
            s.abort()
            return
        for step in script:
            if step == "reply":
                if (yield s.reply(patience)) in (TIMEOUT, CLOSED):
                    break
            elif isinstance(step, (int, float)):
                yield s.sleep(step)
            else:
                s.send(step)
        s.abort() if hangs_up == "reset" else s.close()
    return app


MAIL_FROM, RCPT_TO = "MAIL FROM:<a.sender@example.com>\r\n", "RCPT TO:<b.reader@example.net>\r\n"
HELLO = ("reply", "EHLO %s\r\n" % CLIENT, "reply")
GROUP = (MAIL_FROM + RCPT_TO + "DATA\r\n", "reply", "reply", "reply")


@scenario("healthy")
def syn_cookies(place):
    """a server that answers with SYN cookies: no window scale, a segment size from its table"""
    ends = place.session(sender(size=42000), mail_server())
    ends[1].scale, ends[1].announced = None, 1300

    def rule(network, p, end):
        if p.flags & SYN:
            end.peer_scale = end.peer.peer_scale = 0
            if end.side == "client":
                end.scale = 0
        return [(p, 0.0)]
    place.rule(rule)


def tagged(end, tag):
    """All segments of that end go through tag()."""
    make = end.segment

    def segment(flags, position, data=b""):
        p = make(flags, position, data)
        tag(p)
        return p
    end.segment = segment


@scenario("healthy")
def ecn(place):
    """both ends speak ECN, and routers mark packets"""
    ends = place.session(sender(size=90000), mail_server())
    state = {"count": 0}

    def client(p):
        state["count"] += 1
        p.flags |= 0xc0 if p.flags & SYN else 0x80 if state["count"] % 5 == 0 else 0

    def server(p):
        p.flags |= 0x40 if p.flags & SYN or state["count"] % 7 < 3 else 0
    tagged(ends[0], client)
    tagged(ends[1], server)


@scenario("healthy")
def pipeconnect(place):
    """Exim to Exim: EHLO, MAIL, RCPT and DATA are sent before the banner (early pipelining)"""
    place.session(says("EHLO %s\r\n" % CLIENT + MAIL_FROM + RCPT_TO + "DATA\r\n", "reply", "reply", "reply", "reply", "reply",
                       message(9000), "reply", "QUIT\r\n", "reply"),
                  speaks(EHLO, MAIL, RCPT, DATA, DOT, QUIT, banner=EXIM["greeting"]))


@scenario("healthy")
def fast_open(place):
    """TCP Fast Open: the SYN brings EHLO along, the banner comes right behind the SYN-ACK"""
    ends = place.session(says("reply", 0.0001, "reply", *GROUP, message(9000), "reply", "QUIT\r\n", "reply"),
                         speaks(EHLO, MAIL, RCPT, DATA, DOT, QUIT, banner=EXIM["greeting"]))
    hello = b"EHLO mail.example.com\r\n"
    a, b = ends
    a.stream += hello

    def client(p):
        if p.flags & SYN:
            p.data = hello
            a.sent = max(a.sent, 1 + len(hello))
    tagged(a, client)
    receive = b.receive_syn

    def receive_syn(p):
        b.inbox += p.data
        receive(p)
    answer = b.segment

    def segment(flags, position, data=b""):
        if flags & SYN:
            b.expected = 1 + len(hello)
        return answer(flags, position, data)
    b.receive_syn, b.segment = receive_syn, segment
    opened = a.opened

    def client_opened():
        opened()
        a.acked = 1 + len(hello)
    a.opened = client_opened


@scenario("healthy")
def port_reuse(place):
    """three sessions one after the other from the same address and port of a translator, the last two straight on"""
    for start in (0, 70, 71):
        place.ports, place.port_step = 40000, 1
        place.session(sender(size=9000), mail_server(), start=start)


@scenario("client-slow")
def port_reuse_slow(place):
    """the same where the second session's sender is silent for 345 s"""
    for number, start in enumerate((0, 70, 500)):
        place.ports, place.port_step = 40000, 1
        place.session(sender(size=9000, pause=345 if number == 1 else 0), mail_server(), start=start)


@scenario("healthy")
def several_by_one_address(place):
    """nine sessions at the same time through one translated address, 250 ms each"""
    for number in range(9):
        place.session(sender(size=9000), mail_server(dot=0.25), start=number * 0.05)


@scenario("firewall-smtp-inspection")
def reset_at_starttls(place):
    """a device answers the client's ClientHello with an RST in the server's name, and drops the ClientHello"""
    def rule(network, p, end):
        if end.side == "client" and p.data[:1] == b"\x16":
            forged = Segment(end.peer.address, end.address, end.peer.port, end.port, p.ack, p.seq + len(p.data), RST | ACK, 0)
            forged.ttl, forged.ip_id = 249, 0
            network.at(network.delay / 2, network.arrive, forged, end)
            return []
        return [(p, 0.0)]
    place.rule(rule)
    place.session(sender(size=9000, tls=True), mail_server(tls=True))


@scenario("window-scaling-broken")
def scaling_stripped(place):
    """a device takes the window scale out of the SYN-ACK: the client takes the server's windows for a few hundred bytes"""
    ends = place.session(sender(size=60000), mail_server())

    def rule(network, p, end):
        if p.flags & SYN and end.side == "server":
            p.scale = None
            end.peer_scale = 0  # the client does not scale then either
            end.peer.scale = 0
        return [(p, 0.0)]
    place.rule(rule)


@scenario("healthy")
def clamped_both(place):
    """a device clamps both MSS to 1360, as one before a tunnel should"""
    def rule(network, p, end):
        if p.flags & SYN:
            p.mss = 1360
        return [(p, 0.0)]
    place.rule(rule)
    place.session(sender(size=42000, tls=True), mail_server(tls=True))


@scenario("pmtu-blackhole")
def clamped_too_little(place):
    """a device clamps to 1400, and yet nothing above 1300 bytes arrives"""
    def rule(network, p, end):
        if p.flags & SYN:
            p.mss = min(p.mss, 1400)
        return [(p, 0.0)]
    place.rule(rule)
    place.lose_above(1300, "client")
    place.session(sender(size=60000), mail_server())


@scenario("nat-idle-timeout")
def keepalives_forgotten(place):
    """a pooled session with keep-alives every 200 s through a device that forgets after 120 s: they are not answered"""
    last = {}

    def rule(network, p, end):
        if network.now - last.get("at", network.now) > 120:
            return []
        last["at"] = network.now
        return [(p, 0.0)]
    place.rule(rule)
    ends = place.session(sender(size=9000, messages=2, idle=900), mail_server(patience=3600))
    for number in range(9):
        place.network.at(200 + number * 75, lambda: ends[0].state == "open" and ends[0].emit(ACK, ends[0].sent - 1))
    place.network.at(880, lambda: ends[0].state == "open" and ends[0].abort())


def with_fin(place, ends):
    """What the server says last and its FIN are one segment."""
    s = ends[1]
    send = s.send

    def said(text):
        if isinstance(text, str) and text[:3] in ("421", "451"):
            s.stream += text.encode()
            s.fin_queued = True
            s.transmit()
        else:
            send(text)
    s.send = said


@scenario("client-slow")
def farewell_in_fin(place):
    """the 421 comes in the segment that has the FIN"""
    with_fin(place, place.session(sender(size=12000, pause=345, first=1024), mail_server()))


@scenario("too-many-connections-per-client")
def too_many_in_fin(place):
    """refused with a 421 in the segment that has the FIN"""
    place.session(sender(size=9000, messages=2, idle=3), mail_server())
    refusal = "421 4.7.0 mx.example.net Error: too many connections from %s" % place.client
    for number in range(3):
        with_fin(place, place.session(sender(), mail_server(refuse=refusal), start=0.6 + 0.4 * number))


@scenario("client-slow")
def farewell_overtaken(place):
    """the FIN behind the 421 overtakes it"""
    def rule(network, p, end):
        return [(p, 0.003 if p.data.startswith(b"421") else 0.0)]
    place.rule(rule)
    place.session(sender(size=12000, pause=345), mail_server())


def chunks(size, count):
    """BDAT commands with their chunks, pipelined."""
    text = (message(size * count) + "x" * 400)[:size * count]
    return ["BDAT %d%s\r\n" % (size, " LAST" if n == count - 1 else "") + text[n * size:(n + 1) * size] for n in range(count)]


def bdat_server(count, size, last=0.03, patience=300):
    def app(s):
        yield s.sleep(0.02)
        s.send("220 %s ESMTP Postfix\r\n" % SERVER)
        for mark, answer, delay in (EHLO, MAIL, RCPT):
            if (yield s.until(mark.encode(), patience)) in (TIMEOUT, CLOSED):
                return
            yield s.line(patience)
            s.send(answer)
        for number in range(count):
            if (yield s.line(patience)) in (TIMEOUT, CLOSED) or (yield s.take(size, patience)) in (TIMEOUT, CLOSED):
                s.send("421 4.4.2 %s Error: timeout exceeded\r\n" % SERVER)
                s.close()
                return
            yield s.sleep(last if number == count - 1 else 0.001)
            s.send("250 2.0.0 Ok\r\n" if number < count - 1 else "250 2.0.0 Ok: queued as 4ZkP01Qm8zJ1\r\n")
        if (yield s.until(b"QUIT\r\n", patience)) not in (TIMEOUT, CLOSED):
            s.send("221 2.0.0 Bye\r\n")
        s.close()
    return app


@scenario("healthy")
def bdat(place):
    """four chunks of 5000 bytes, sent together with MAIL and RCPT"""
    place.session(says(*HELLO, MAIL_FROM + RCPT_TO + "".join(chunks(5000, 4)), *["reply"] * 6, "QUIT\r\n", "reply"),
                  bdat_server(4, 5000))


@scenario("content-filter-slow")
def bdat_slow(place):
    """75 s until the reply to BDAT LAST"""
    place.session(says(*HELLO, MAIL_FROM + RCPT_TO, "reply", "reply", "".join(chunks(5000, 4)), *["reply"] * 4, "QUIT\r\n",
                       "reply"), bdat_server(4, 5000, last=75))


@scenario("client-slow")
def bdat_client_slow(place):
    """the sender stops within a chunk for 345 s"""
    first, second = chunks(5000, 2)
    place.session(says(*HELLO, MAIL_FROM + RCPT_TO, "reply", "reply", first, "reply", second[:2000], 345, second[2000:], "reply"),
                  bdat_server(2, 5000))


@scenario("healthy")
def nagle_stalls(place):
    """every message costs a delayed ACK of 200 ms, since its header and the rest are two writes"""
    place.session(sender(size=3000, messages=12, first=500, stalls=0.2), mail_server())


@scenario("server-fault")
def server_killed(place):
    """the server's process is killed in the middle of the message: its kernel resets the connection"""
    ends = place.session(sender(size=400000, first=9000, stalls=5), mail_server())
    place.network.at(3, ends[1].abort)


@scenario("server-fault")
def server_killed_at_end(place):
    """the server's process is killed while the sender waits for the reply to the final dot"""
    ends = place.session(sender(size=9000), mail_server(dot=30))
    place.network.at(8, ends[1].abort)


@scenario("client-timeout-too-short")
def impatient_reset(place):
    """the client resets the connection 20 s after the final dot; the server would have needed 45 s"""
    place.session(says(*HELLO, *GROUP, message(9000), "reply", patience=20, hangs_up="reset"),
                  speaks(EHLO, MAIL, RCPT, DATA, ("\r\n.\r\n", "250 2.0.0 Ok\r\n", 45), QUIT))


@scenario("greylisting")
def greylisted(place):
    """450 for whoever comes for the first time"""
    place.session(sender(size=9000), mail_server(
        reject="450 4.2.0 <b.reader@example.net>: Recipient address rejected: Greylisted, try again in 300 seconds"))


@scenario("disk-full")
def no_room(place):
    """no room for the message, said to MAIL"""
    place.session(says(*HELLO, MAIL_FROM, "reply", "QUIT\r\n", "reply"),
                  speaks(EHLO, ("MAIL", "452 4.3.1 Insufficient system storage\r\n", 0.001), QUIT))


@scenario("size-limit")
def too_large(place):
    """552 after the final dot"""
    place.session(says(*HELLO, *GROUP, message(90000), "reply", "QUIT\r\n", "reply"),
                  speaks(EHLO, MAIL, RCPT, DATA, ("\r\n.\r\n", "552 5.3.4 Message size exceeds fixed limit\r\n", 0.01), QUIT))


@scenario("tls-version-mismatch")
def tls_version(place):
    """the server answers the ClientHello with the alert protocol_version"""
    def server(s):
        yield s.sleep(0.02)
        s.send("220 %s ESMTP Postfix\r\n" % SERVER)
        yield s.line(300)
        s.send("250-%s\r\n250 STARTTLS\r\n" % SERVER)
        yield s.line(300)
        s.send("220 2.0.0 Ready to start TLS\r\n")
        yield s.take(300, 300)
        s.inbox.clear()
        s.send(b"\x15\x03\x01\x00\x02\x02\x46")
        s.close()
    place.session(sender(tls=True), server)


@scenario("tls-handshake-fail")
def tls_certificate(place):
    """the client does not like the server's certificate: alert bad_certificate"""
    def client(s):
        yield s.connect(30)
        yield s.reply(300)
        s.send("EHLO %s\r\n" % CLIENT)
        yield s.reply(300)
        s.send("STARTTLS\r\n")
        yield s.reply(300)
        s.send(record(22, 512, b"\1\0\1\xfc\3\3"))
        yield s.take(4000, 300)
        yield s.sleep(0.01)
        s.inbox.clear()
        s.unread = 0
        s.send(b"\x15\x03\x03\x00\x02\x02\x2a")
        s.close()
    place.session(client, mail_server(tls=True))


@scenario("wrong-port-or-mode")
def tls_on_25(place):
    """the client begins with a ClientHello on a plain port"""
    def client(s):
        yield s.connect(30)
        s.send(record(22, 512, b"\1\0\1\xfc\3\3"))
        yield s.reply(20)
        s.close()
    place.session(client, mail_server(banner=0.1))


@scenario("firewall-port-blocked")
def prohibited(place):
    """a router answers the SYN with ICMP: communication administratively prohibited"""
    def rule(network, p, end):
        if end.side == "client":
            network.tell(Notice(place.router, p, UNREACHABLE), end)
        return []
    place.rule(rule)
    place.session(sender(), mail_server())


@scenario("healthy")
def first_syn_lost(place):
    """the first SYN gets lost; the second, a second later, does not"""
    state = {}

    def rule(network, p, end):
        if p.flags & SYN and not state:
            state["lost"] = True
            return []
        return [(p, 0.0)]
    place.rule(rule)
    place.session(sender(size=9000), mail_server())


@scenario("healthy")
def quits_and_closes(place):
    """QUIT and FIN in one segment; the 221 comes after"""
    ends = place.session(sender(size=9000, quits=False), speaks(EHLO, MAIL, RCPT, DATA, DOT, QUIT))
    a = ends[0]
    close = a.close

    def quit_and_close():
        a.stream += b"QUIT\r\n"
        close()
    a.close = quit_and_close


@scenario("healthy")
def leaves_without_quit(place):
    """after the 250 the client just closes"""
    place.session(sender(size=9000, quits=False), mail_server())


@scenario("healthy")
def kept_by_noop(place):
    """a pooled session: NOOP every 60 s between two messages"""
    place.session(says(*HELLO, *GROUP, message(9000), "reply", *[60, "NOOP\r\n", "reply"] * 6, *GROUP, message(7000, 2), "reply",
                       "QUIT\r\n", "reply"),
                  speaks(EHLO, MAIL, RCPT, DATA, DOT, *[("NOOP\r\n", "250 2.0.0 Ok\r\n", 0.001)] * 6, MAIL, RCPT, DATA, DOT, QUIT))


@scenario("healthy")
def greet_pause(place):
    """a teaser line at once, the end of the banner 6 s later (postscreen)"""
    def server(s):
        s.send("220-%s ESMTP Postfix\r\n" % SERVER)
        yield s.sleep(6)
        for step in speaks(EHLO, MAIL, RCPT, DATA, DOT, QUIT)(s):
            yield step
    place.session(sender(size=9000), server)


@scenario("healthy")
def long_fat(place):
    """400 kB over a path of 600 ms round trip"""
    place.session(sender(size=400000), mail_server())


@scenario("healthy")
def many_recipients(place):
    """two hundred recipients in one go"""
    def server(s):
        yield s.sleep(0.02)
        s.send("220 %s ESMTP Postfix\r\n" % SERVER)
        while True:
            line = yield s.line(300)
            if line in (TIMEOUT, CLOSED):
                return
            verb = line[:4]
            if verb == b"EHLO":
                s.send("250-%s\r\n250 PIPELINING\r\n" % SERVER)
            elif verb == b"DATA":
                s.send("354 go on\r\n")
                yield s.until(b"\r\n.\r\n", 300)
                s.send("250 2.0.0 Ok: queued as 4ZkP01Qm8zJ1\r\n")
            elif verb == b"QUIT":
                s.send("221 2.0.0 Bye\r\n")
                s.close()
                return
            else:
                s.send("250 2.1.5 Ok\r\n")
    names = "".join("RCPT TO:<reader.number%03d@example.net>\r\n" % n for n in range(200))
    place.session(says(*HELLO, MAIL_FROM + names + "DATA\r\n", *["reply"] * 202, message(9000), "reply", "QUIT\r\n", "reply"), server)


@scenario("overload-stress")
def window_never_opens(place):
    """the server reads no more in the middle of the message; the sender gives up after 180 s"""
    place.session(sender(size=400000), mail_server(stops_reading=4000), room=60000)


@scenario("pmtu-blackhole")
def blackhole_short(place):
    """a black hole before a server that waits 10 s only; nothing of the message arrives"""
    place.lose_above(1400, "client")
    place.session(sender(size=400000), mail_server(patience=10))


@scenario("pmtu-blackhole")
def blackhole_minute(place):
    """a black hole before a server that waits 40 s"""
    place.lose_above(1400, "client")
    place.session(sender(size=400000), mail_server(patience=40))
