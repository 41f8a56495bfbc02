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


def mail_server(banner=0.03, patience=300, rcpt=0.002, dot=0.04, refuse=None, tls=False, tls_hello=0.003, limit=None,
                ehlo=0.0006, stops_reading=None, greeting=None):
    """Delays in seconds; `refuse` is said instead of the banner, `limit` is how many messages a session may carry."""
    def app(s):
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
                if (yield s.take(len(HELLO_CLIENT), patience)) in (TIMEOUT, CLOSED):
                    s.close()
                    return
                yield s.sleep(tls_hello)
                s.send(HELLO_SERVER)
                if (yield s.take(len(KEY_CLIENT), patience)) in (TIMEOUT, CLOSED):
                    s.close()
                    return
                s.send(KEY_SERVER)
                yield from encrypted_server(s, patience)
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
                answer = "250 2.1.5 Ok\r\n"
                if s.inbox[:6].upper() != b"DATA\r\n":  # what came together is answered together
                    s.send(answer)
                    answer = ""
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
                s.close()
                return
            elif verb == b"RSET":
                s.send("250 2.0.0 Ok\r\n")
            else:
                s.send("500 5.5.2 Error: command not recognized\r\n")
        if line == TIMEOUT or not s.eof:
            s.send("421 4.4.2 %s Error: timeout exceeded\r\n" % SERVER)
        s.close()
    return app


def encrypted_server(s, patience):
    for answer in (180, 37, 37, 60, 62, 40):  # EHLO, MAIL, RCPT, DATA, the message, QUIT
        while True:
            head = yield s.take(5, patience)
            if head in (TIMEOUT, CLOSED):
                s.close()
                return
            size = struct.unpack("!xxxH", head)[0]
            yield s.take(size, patience)
            if size != 16384:  # more of the message follows
                break
        s.send(record(23, answer))
    s.close()


def encrypted_client(s, size):
    for command in (38, 60, 62, 28):
        s.send(record(23, command))
        yield s.take(5)
    while size > 16384:
        s.send(record(23, 16384))
        size -= 16384
        yield s.drained()
    s.send(record(23, size))
    yield s.take(5)
    s.send(record(23, 29))
    yield s.until(b"never")
    s.close()


def sender(size=4000, messages=1, pause=0.0, idle=0.0, start=0.0, chunk=65536, patience=300, tls=False, first=0,
           split_dot=False, persists=False, dot_patience=600, quits=True):
    """
    Pauses before each body, is idle between messages and silent before EHLO, in seconds. `first`: bytes of the body that are
    written before the rest. `persists`: it does not mind a 421. `split_dot`: the final dot and its CRLF are written apart.
    """
    def app(s):
        if (yield s.connect(30)) is not True:
            s.abort()
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
            s.send(HELLO_CLIENT)
            if (yield s.take(len(HELLO_SERVER), patience)) in (TIMEOUT, CLOSED):
                s.close()
                return
            s.send(KEY_CLIENT)
            yield s.take(len(KEY_SERVER), patience)
            yield from encrypted_client(s, size)
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
            yield s.sleep(pause)
            yield from body(s, size, first, chunk, split_dot, number)
            if (yield s.reply(dot_patience)) in (TIMEOUT, CLOSED):
                s.close()
                return
        if quits:
            s.send("QUIT\r\n")
            yield s.reply(patience)
        s.close()
    return app


def body(s, size, first, chunk, split_dot, number):
    text = message(size, number + 1)
    if first:
        s.send(text[:first])
        yield s.sleep(0.001)
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
