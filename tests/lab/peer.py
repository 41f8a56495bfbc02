#!/usr/bin/env python3
"""
peer.py WHAT ... - the other programs that a mail server depends on, or that keep it busy

hold ADDRESS PORT COUNT [GREETING...]
        opens so many connections, says the lines in each one, and keeps them until it is killed
client ADDRESS PORT TIMES STEP...
        so many sessions one after the other; a step is a line to say (its reply is read) or one of @sleep SECONDS,
        @body BYTES (message text), @tls SECONDS (the handshake after STARTTLS, with such patience), @listen (whatever still
        comes), @meet NAME (makes the file NAME.here and waits for a NAME.go), @leave
milter PORT [STAGE SECONDS]
        a milter that lets everything pass, and takes its time at connect, helo, mail, rcpt, data or end
silent PORT
        takes connections on 127.0.0.1 and never says anything
say PORT LINE
        another kind of server: says the line to everybody who connects, or nothing but answers with it when LINE begins
        with HTTP/
policy PORT SECONDS ANSWER
        a Postfix policy service: ANSWER (dunno, or a reply) after SECONDS
library ADDRESS PORT TIMEOUT STEP...
        one session of Python's smtplib that waits TIMEOUT for each reply, printed as it prints it, with the time of day
        of every line; a step is "send BYTES" (a message), "sleep SECONDS", or "stall SECONDS" (a message that is begun, and
        whose text comes only then)
rewrite PORT ADDRESS
        hands connections on to ADDRESS:25 as inspecting firewalls do: a masked banner, no STARTTLS
"""
import os, socket, ssl, struct, sys, threading, time


def listen(port, serve, address="127.0.0.1"):
    listener = socket.create_server((address, port))
    print("ready", flush=True)
    while True:
        connection = listener.accept()[0]
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


def hold(address, port, count, *lines):
    held = []
    for _ in range(int(count)):
        connection = socket.create_connection((address, int(port)), timeout=5)
        connection.settimeout(5)
        held.append(connection)
        if lines:
            connection.recv(4096)
        for line in lines:
            connection.sendall(line.encode() + b"\r\n")
            connection.recv(4096)
    print("ready", flush=True)
    time.sleep(3600)


def body(size):
    line = b"x" * 76 + b"\r\n"
    return b"Subject: lab\r\n\r\n" + line * (size // len(line) + 1)


def client(address, port, times, *steps):
    for _ in range(int(times)):
        connection = socket.create_connection((address, int(port)), timeout=20)
        try:
            connection.recv(4096)
            for step in steps:
                word, _, argument = step.partition(" ")
                if word == "@sleep":
                    time.sleep(float(argument))
                elif word == "@body":
                    connection.sendall(body(int(argument)))
                elif word == "@meet":
                    open(argument + ".here", "w").close()
                    while not os.path.exists(argument + ".go"):
                        time.sleep(0.05)
                elif word == "@tls":
                    context = ssl.create_default_context()
                    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                    connection.settimeout(float(argument))
                    connection = context.wrap_socket(connection)
                    connection.settimeout(20)
                elif word == "@listen":
                    while connection.recv(4096):
                        pass
                elif word == "@leave":
                    break
                else:
                    connection.sendall(step.encode() + b"\r\n")
                    connection.recv(4096)
        except OSError:
            pass
        connection.close()


def library(address, port, timeout, *steps):
    import smtplib, traceback
    try:
        session = smtplib.SMTP(local_hostname="client.example.test", timeout=float(timeout))
        session.set_debuglevel(2)
        session.connect(address, int(port))
        for step in steps:
            word, _, argument = step.partition(" ")
            if word == "sleep":
                time.sleep(float(argument))
            elif word == "stall":
                session.ehlo_or_helo_if_needed()
                session.mail("a@client.example.test")
                session.rcpt("postmaster@lab.test")
                session.docmd("data")
                time.sleep(float(argument))
                session.send(body(500) + b".\r\n")
                session.getreply()
            else:
                session.sendmail("a@client.example.test", "postmaster@lab.test", body(int(argument)))
        session.quit()
    except (OSError, smtplib.SMTPException):
        traceback.print_exc()


STAGES = {"C": "connect", "H": "helo", "M": "mail", "R": "rcpt", "T": "data", "E": "end"}


def milter(port, stage=None, seconds="0"):
    def read(connection, size):
        data = b""
        while len(data) < size:
            more = connection.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def serve(connection):
        try:
            while True:
                size, = struct.unpack("!I", read(connection, 4))
                packet = read(connection, size)
                command = chr(packet[0])
                if command == "O":
                    version, = struct.unpack_from("!I", packet, 1)
                    answer = b"O" + struct.pack("!III", min(version, 6), 0, 0)
                elif command in "DAQK":  # macros, abort, quit: no answer
                    continue
                else:
                    if STAGES.get(command) == stage:
                        time.sleep(float(seconds))
                    answer = b"c"
                connection.sendall(struct.pack("!I", len(answer)) + answer)
        except (EOFError, OSError):
            connection.close()

    listen(int(port), serve)


def silent(port):
    listen(int(port), lambda connection: time.sleep(3600))


def say(port, line):
    def serve(connection):
        if line.startswith("HTTP/"):
            connection.recv(4096)
        connection.sendall(line.encode() + b"\r\n")
        if not line.startswith("HTTP/"):
            connection.settimeout(20)
            try:
                while connection.recv(4096):
                    pass
            except OSError:
                pass
        connection.close()

    listen(int(port), serve, "")


def policy(port, seconds, *answer):
    def serve(connection):
        stream = connection.makefile("rw")
        for line in stream:
            if line == "\n":
                time.sleep(float(seconds))
                stream.write("action=%s\n\n" % " ".join(answer))
                stream.flush()

    listen(int(port), serve)


def rewrite(port, address):
    def stars(line):
        return b"220 " + b"".join(b"*" if c not in b"\r\n20 " else bytes([c]) for c in line[4:])

    def pump(source, sink, change):
        first = True
        for line in source.makefile("rb"):
            line = change(line, first)
            first = False
            try:
                sink.sendall(line)
            except OSError:
                break
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def to_client(line, first):
        if first:
            return stars(line)
        return line.replace(b"STARTTLS", b"XXXXXXXA") if line.startswith(b"250") else line

    def to_server(line, first):
        return b"XXXXXXXX\r\n" if line.upper().startswith((b"EHLO", b"STARTTLS")) else line

    def serve(connection):
        server = socket.create_connection((address, 25))
        threading.Thread(target=pump, args=(server, connection, to_client), daemon=True).start()
        pump(connection, server, to_server)

    listen(int(port), serve, "")


WHAT = {"hold": hold, "client": client, "library": library, "milter": milter, "silent": silent, "say": say, "policy": policy, "rewrite": rewrite}
WHAT[sys.argv[1]](*sys.argv[2:])
