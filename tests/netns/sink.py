#!/usr/bin/env python3
"""A small mail server for the paths of lib.sh: takes mail on port 25 of every address and throws it away.

Prints "ready", then one line for each "connect ADDRESS", "data ADDRESS" (the 354 was sent), "delivered ADDRESS" (a final
dot came): ADDRESS is its own, which tells the pairs apart. Options make it slow to read, or let it answer 421 in DATA.
"""
import argparse
import asyncio
import signal
import socket
import ssl
import sys


def say(*words):
    print(*words, flush=True)


connections = {}


class Session:
    def __init__(self, options, tls, reader, writer):
        self.options, self.tls, self.reader, self.writer = options, tls, reader, writer
        name = writer.get_extra_info("sockname")[0]
        self.address = name.removeprefix("::ffff:")

    async def reply(self, text):
        self.writer.write(text.encode() + b"\r\n")
        await self.writer.drain()

    async def line(self):
        return (await self.reader.readuntil(b"\n")).decode("latin-1").rstrip("\r\n")

    def features(self):
        words = ["mail.example.test", "PIPELINING", "SIZE 10240000"]
        if self.options.starttls and not self.writer.get_extra_info("ssl_object"):
            words.append("STARTTLS")
        return "\r\n".join(f"250{'-' if word is not words[-1] else ' '}{word}" for word in words)

    def is_late(self):
        return f"{self.address}={connections[self.address]}" in self.options.late

    async def body(self):
        say("data", self.address)
        if self.options.unread:
            await asyncio.sleep(3600)
        if self.options.data_reply:
            await self.line()
            await self.reply(self.options.data_reply)
            while await self.line() != ".":
                pass
            return False
        while await self.line() != ".":
            if self.options.pause:
                await asyncio.sleep(self.options.pause)
        say("delivered", self.address)
        return True

    async def run(self):
        say("connect", self.address)
        connections[self.address] = connections.get(self.address, 0) + 1
        await self.reply("220 mail.example.test ESMTP sink")
        while True:
            line = await self.line()
            verb = line.split(" ")[0].upper()
            if verb == "EHLO":
                if self.is_late():
                    await asyncio.sleep(0.4)
                await self.reply(self.features())
            elif verb == "HELP":
                await self.reply("\r\n".join(["214-" + "a long reply " * 30] * self.options.help_lines + ["214 end"]))
            elif verb == "STARTTLS" and self.options.starttls:
                await self.reply("220 go ahead")
                await self.writer.start_tls(self.tls)
            elif verb == "DATA":
                await self.reply("354 end with a dot")
                if not await self.body():
                    return
                await self.reply("250 taken")
            elif verb == "RCPT" and self.options.rcpt_reply:
                await self.reply(self.options.rcpt_reply)
            elif verb == "QUIT":
                await self.reply("221 bye")
                return
            else:
                await self.reply("250 ok")


async def serve(options):
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(options.certificate)

    async def on_connection(reader, writer):
        try:
            await Session(options, tls, reader, writer).run()
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError):
            pass
        writer.close()

    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    listener = socket.create_server(("", options.port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=200)
    if options.buffer:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, options.buffer)
    server = await asyncio.start_server(on_connection, sock=listener, limit=options.buffer or 65536,
                                        ssl=tls if options.tls else None)
    say("ready")
    await ended.wait()
    server.close()
    sys.stdout.flush()


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=25)
parser.add_argument("--certificate", required=True, help="PEM file with key and certificate")
parser.add_argument("--starttls", action="store_true")
parser.add_argument("--tls", action="store_true", help="from the first byte on")
parser.add_argument("--help-lines", type=int, default=40, help="lines of the reply to HELP")
parser.add_argument("--rcpt-reply", help="to RCPT: this reply")
parser.add_argument("--data-reply", help="after the first body line: this reply")
parser.add_argument("--late", metavar="ADDRESS=N", action="append", default=[],
                    help="answer the EHLO of the Nth connection to that address 0.4 s late")
parser.add_argument("--buffer", type=int, default=0, help="bytes that the kernel and we take before anything is read")
parser.add_argument("--unread", action="store_true", help="never read the body")
parser.add_argument("--pause", type=float, default=0, help="seconds between two body lines")
try:
    asyncio.run(serve(parser.parse_args()))
except KeyboardInterrupt:
    pass
