"""
smtp - a mail server and a sender as applications of simulated TCP ends
"""
import random
import struct

from tcp import CLOSED, TIMEOUT

SERVER, CLIENT = "mx.example.net", "mail.example.com"


def message(size, seed=1):
    """A message of about that many bytes, its last line and final dot included."""
    letters = random.Random(seed)
    text = "From: <a.sender@example.com>\r\nTo: <b.reader@example.net>\r\nSubject: the figures of April\r\n\r\n"
    while len(text) < size - 80:
        text += "".join(letters.choice("abcdefghijklmnopqrstuvwxyz     ") for _ in range(72)).strip() + ".\r\n"
    return text + "Yours\r\n.\r\n"


def record(kind, size, start=b""):
    """A TLS record of that many bytes of content."""
    body = start + bytes(random.Random(size).randrange(256) for _ in range(size - len(start)))
    return struct.pack("!BHH", kind, 0x0303, size) + body


HELLO_CLIENT = record(22, 512, b"\1\0\1\xfc\3\3")
HELLO_SERVER = record(22, 93, b"\2\0\0\x59\3\3") + record(22, 3911, b"\x0b\0\x0f\x43") + record(22, 333) + record(22, 4, b"\x0e\0\0\0")
KEY_CLIENT = record(22, 70, b"\x10\0\0\x42") + record(20, 1, b"\1") + record(22, 40)
KEY_SERVER = record(22, 218, b"\4\0\0\xd6") + record(20, 1, b"\1") + record(22, 40)


# TLS 1.3: behind the hello all is encrypted, the certificate too, and session tickets follow the handshake unasked.
HELLO_SERVER_13 = record(22, 122, b"\2\0\0\x76\3\3") + record(20, 1, b"\1") + record(23, 3400)
KEY_CLIENT_13 = record(20, 1, b"\1") + record(23, 69)
KEY_SERVER_13 = record(23, 250) + record(23, 250)


def handshake(tls):
    """What the two say in turn; tls: 1.2 (or True) or 1.3."""
    if tls == 1.3:
        return HELLO_CLIENT, HELLO_SERVER_13, KEY_CLIENT_13, KEY_SERVER_13
    return HELLO_CLIENT, HELLO_SERVER, KEY_CLIENT, KEY_SERVER


def mail_server(banner=0.03, patience=300, rcpt=0.002, dot=0.04, refuse=None, tls=False, tls_hello=0.003, limit=None,
                ehlo=0.0006, stops_reading=None, greeting=None, farewell="421 4.4.2 %s Error: timeout exceeded" % SERVER,
                implicit=False, resets=False, reject=None):
    """
    Delays in seconds; `refuse` is said instead of the banner, `limit` is how many messages a session may carry, `farewell`
    is said to who is silent for too long, `reject` to RCPT. implicit: TLS comes before the banner. resets: after QUIT it
    does not wait for the client's FIN.
    """
    def app(s):
        delays = {"banner": banner, "rcpt": rcpt, "dot": dot, "stops": stops_reading, "refuse": refuse}
        if implicit:
            yield from encrypted_server(s, tls or 1.2, tls_hello, patience, delays, True)
            return
        yield s.sleep(banner)
        if refuse:
            s.send(refuse + "\r\n")
            s.close()
            return
        s.send((greeting or "220 %s ESMTP Postfix" % SERVER) + "\r\n")
        messages, answer = 0, ""
        while True:
            line = yield s.line(patience)
            if line in (TIMEOUT, CLOSED):
                break
            verb = line[:4].upper()
            if verb in (b"EHLO", b"HELO"):
                yield s.sleep(ehlo)
                words = ["PIPELINING", "SIZE 10240000", "ETRN"] + (["STARTTLS"] if tls else []) + [
                    "ENHANCEDSTATUSCODES", "8BITMIME", "DSN", "CHUNKING"]
                names = [SERVER] + words if verb == b"EHLO" else [SERVER]
                s.send("".join("250%s%s\r\n" % (" " if name == names[-1] else "-", name) for name in names))
            elif verb == b"STAR" and tls:
                s.send("220 2.0.0 Ready to start TLS\r\n")
                yield from encrypted_server(s, tls, tls_hello, patience, delays, False)
                return
            elif verb == b"MAIL":
                if limit is not None and messages >= limit:
                    s.send("421 4.7.0 %s Error: too many messages in this session\r\n" % SERVER)
                    s.close()
                    return
                yield s.sleep(0.0004)
                s.send("250 2.1.0 Ok\r\n")
            elif verb == b"RCPT":
                yield s.sleep(rcpt)
                answer = (reject or "250 2.1.5 Ok") + "\r\n"
                if s.inbox[:6].upper() != b"DATA\r\n":  # what came together is answered together
                    s.send(answer)
                    answer = ""
            elif verb == b"DATA" and reject:
                s.send(answer + "554 5.5.1 Error: no valid recipients\r\n")
            elif verb == b"DATA":
                s.send(answer + "354 End data with <CR><LF>.<CR><LF>\r\n")
                if stops_reading is not None:
                    s.reading = False
                    yield s.sleep(stops_reading)
                    s.read_on()
                if (yield s.until(b"\r\n.\r\n", patience)) in (TIMEOUT, CLOSED):
                    break
                yield s.sleep(dot)
                messages += 1
                s.send("250 2.0.0 Ok: queued as 4ZkP%02dQm8zJ1\r\n" % messages)
            elif verb == b"QUIT":
                s.send("221 2.0.0 Bye\r\n")
                if resets:
                    yield s.sleep(0.001)
                    s.abort()
                s.close()
                return
            elif verb == b"RSET":
                s.send("250 2.0.0 Ok\r\n")
            else:
                s.send("500 5.5.2 Error: command not recognized\r\n")
        if line == TIMEOUT or not s.eof:
            s.send(farewell + "\r\n")
        s.close()
    return app


def take_record(s, patience=None):
    """The size of the next record's content, or TIMEOUT or CLOSED."""
    head = yield s.take(5, patience)
    if head in (TIMEOUT, CLOSED):
        return head
    size = struct.unpack("!xxxH", head)[0]
    rest = yield s.take(size, patience)
    return rest if rest in (TIMEOUT, CLOSED) else size


def encrypted_server(s, tls, hello_delay, patience, delays, implicit):
    """TLS and what is said in it: each record is a command, its reply or a piece of the message."""
    hello_client, hello_server, key_client, key_server = handshake(tls)
    if (yield s.take(len(hello_client), patience)) in (TIMEOUT, CLOSED):
        s.close()
        return
    yield s.sleep(hello_delay)
    s.send(hello_server)
    if (yield s.take(len(key_client), patience)) in (TIMEOUT, CLOSED):
        s.close()
        return
    s.send(key_server)
    if implicit:
        yield s.sleep(delays["banner"])
        s.send(record(23, 24 + len(delays["refuse"] or "220 mx.example.net ESMTP Postfix..")))
        if delays["refuse"]:
            s.close()
            return
    while True:  # as many messages as there are
        for name, answer in (("ehlo", 180), ("mail", 37), ("rcpt", 37), ("data", 60), ("dot", 62)):
            size = yield from take_record(s, patience)
            if size in (TIMEOUT, CLOSED):
                s.send(record(23, 24 + 46) + record(21, 26))
                s.close()
                return
            if size == 29:  # QUIT
                s.send(record(23, 40) + record(21, 26))
                s.close()
                return
            while name == "dot" and size == 16384 and size not in (TIMEOUT, CLOSED):
                size = yield from take_record(s, patience)  # more of the message follows
            if size in (TIMEOUT, CLOSED):
                s.send(record(23, 24 + 46) + record(21, 26))
                s.close()
                return
            yield s.sleep(delays.get(name, 0.0005))
            s.send(record(23, answer))
            if name == "data" and delays["stops"]:
                s.reading = False
                yield s.sleep(delays["stops"])
                s.read_on()


def encrypted_client(s, tls, size, implicit, patience, dot_patience, pause, idle, messages):
    hello_client, hello_server, key_client, key_server = handshake(tls)
    s.send(hello_client)
    if (yield s.take(len(hello_server), patience)) in (TIMEOUT, CLOSED):
        s.close()
        return
    s.send(key_client)
    if (yield s.take(len(key_server), patience)) in (TIMEOUT, CLOSED):
        s.close()
        return
    if implicit and (yield from take_record(s, patience)) in (TIMEOUT, CLOSED):
        s.close()
        return
    for number in range(messages):
        if number:
            yield s.sleep(idle)
        for command in (38, 60, 62, 28):
            s.send(record(23, command))
            if (yield from take_record(s, patience)) in (TIMEOUT, CLOSED):
                s.close()
                return
        yield s.sleep(pause)
        left = size
        while left > 16384:
            s.send(record(23, 16384))
            left -= 16384
            if (yield s.drained(180)) == TIMEOUT:
                s.close()
                return
        s.send(record(23, left if left != 29 else 30))
        if (yield from take_record(s, dot_patience)) in (TIMEOUT, CLOSED):
            s.close()
            return
    s.send(record(23, 29))
    yield from take_record(s, patience)
    s.send(record(21, 26))
    s.close()


def sender(size=4000, messages=1, pause=0.0, idle=0.0, start=0.0, chunk=65536, patience=300, tls=False, first=0,
           split_dot=False, persists=False, dot_patience=600, quits=True, implicit=False, stalls=0.001, hasty=False):
    """
    Pauses before each body, is idle between messages and silent before EHLO, in seconds. `first`: bytes of the body that are
    written before the rest, which it `stalls` so long. `persists`: it does not mind a 421. `split_dot`: the final dot and its
    CRLF are written apart. `hasty`: it closes without waiting for the answer to QUIT.
    """
    def app(s):
        if (yield s.connect(30)) is not True:
            s.abort()
            return
        if implicit:
            yield from encrypted_client(s, tls or 1.2, size, True, patience, dot_patience, pause, idle, messages)
            return
        banner = yield s.reply(patience)
        if banner in (TIMEOUT, CLOSED) or not banner.startswith(b"220"):
            s.close()
            return
        yield s.sleep(start)
        s.send("EHLO %s\r\n" % CLIENT)
        answer = yield s.reply(patience)
        if answer not in (TIMEOUT, CLOSED) and answer[:1] == b"5":
            s.send("HELO %s\r\n" % CLIENT)
            answer = yield s.reply(patience)
        if answer in (TIMEOUT, CLOSED) or answer[:3] != b"250":
            s.close()
            return
        if tls:
            s.send("STARTTLS\r\n")
            yield s.reply(patience)
            yield from encrypted_client(s, tls, size, False, patience, dot_patience, pause, idle, messages)
            return
        for number in range(messages):
            if number:
                yield s.sleep(idle)
            s.send("MAIL FROM:<a.sender@example.com> SIZE=%d\r\n" % size)
            answer = yield s.reply(patience)
            if answer in (TIMEOUT, CLOSED) or (answer[:3] != b"250" and not persists):
                s.close()
                return
            s.send("RCPT TO:<b.reader@example.net>\r\nDATA\r\n")
            for _ in range(2):
                answer = yield s.reply(patience)
                if answer in (TIMEOUT, CLOSED):
                    s.close()
                    return
            if answer[:3] != b"354":
                break
            yield s.sleep(pause)
            yield from body(s, size, first, chunk, split_dot, number, stalls)
            if (yield s.reply(dot_patience)) in (TIMEOUT, CLOSED):
                s.close()
                return
        if quits:
            s.send("QUIT\r\n")
            if not hasty:
                yield s.reply(patience)
        s.close()
    return app


def body(s, size, first, chunk, split_dot, number, stalls):
    text = message(size, number + 1)
    if first:
        s.send(text[:first])
        yield s.sleep(stalls)
        text = text[first:]
    end = text[-2:] if split_dot else ""
    text = text[:-2] if split_dot else text
    for at in range(0, len(text), chunk):
        s.send(text[at:at + chunk])
        if (yield s.drained(180)) == TIMEOUT:
            s.close()
            return
    if end:
        yield s.sleep(0.02)
        s.send(end)
