#!/usr/bin/env python3
"""
dns.py ZONE ADDRESS... - a name server for the lab: authority and resolver at once, and as faulty as a scenario wants it

ZONE is read again whenever it changes. Its lines:

    NAME TYPE DATA           A, AAAA, MX, NS, CNAME, PTR (the name is an address), TXT; an MX of "0 ." is the null MX
    on TYPE NAME [from ADDRESS] [at ADDRESS] DEED
                             TYPE may be any, NAME *; "from" is who asks, "at" which of our addresses is asked. DEED is
                             silent, servfail, refused, nxdomain, lame, delay SECONDS. The first that fits counts.

What is not there does not exist. There is no TCP: no answer is that long.
"""
import ipaddress, os, selectors, socket, struct, sys, threading, time

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "TLSA": 52}
NOERROR, SERVFAIL, NXDOMAIN, REFUSED = 0, 2, 3, 5


def reverse(name):
    try:
        return ipaddress.ip_address(name).reverse_pointer
    except ValueError:
        return name.rstrip(".").lower()


def encode(name):
    labels = [label for label in name.split(".") if label]
    return b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"


def rdata(kind, data):
    if kind in ("A", "AAAA"):
        return ipaddress.ip_address(data).packed
    if kind == "MX":
        preference, host = data.split()
        return struct.pack("!H", int(preference)) + encode(host)
    if kind == "TXT":
        return bytes([len(data)]) + data.encode()
    return encode(data)


class Zone:
    def __init__(self, path):
        self.path, self.changed = path, None

    def load(self):
        changed = os.stat(self.path).st_mtime_ns
        if changed == self.changed:
            return
        self.changed, self.records, self.rules, self.names = changed, {}, [], set()
        for line in open(self.path):
            words = line.split(None, 2)
            if not words or words[0].startswith("#"):
                continue
            if words[0] == "on":
                kind, rest = words[1], words[2].split()
                rule = {"type": kind.upper(), "name": reverse(rest.pop(0)), "from": None, "at": None}
                while rest[0] in ("from", "at"):
                    rule[rest[0]] = rest[1]
                    rest = rest[2:]
                rule["deed"] = rest
                self.rules.append(rule)
                continue
            name = reverse(words[0])
            self.records.setdefault((name, words[1]), []).append(words[2].strip())
            while name:  # names above an existing one exist
                self.names.add(name)
                name = name.partition(".")[2]

    def deed(self, name, kind, client, server):
        for rule in self.rules:
            if (rule["type"] in ("ANY", kind) and rule["name"] in ("*", name) and rule["from"] in (None, client)
                    and rule["at"] in (None, server)):
                return rule["deed"]
        return []

    def answers(self, name, kind):
        found = []
        for _ in range(8):
            data = self.records.get((name, kind), [])
            alias = self.records.get((name, "CNAME"), [])
            if data or not alias:
                return found + [(name, kind, one) for one in data], name
            found.append((name, "CNAME", alias[0]))
            name = alias[0].rstrip(".").lower()
        return found, name


def parse(query):
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("ascii", "replace").lower())
        at += 1 + query[at]
    return ".".join(labels), struct.unpack_from("!H", query, at + 1)[0], query[12:at + 5]


def serve(zone, sock, query, client, server):
    name, number, question = parse(query)
    kind = next((word for word, known in TYPES.items() if known == number), "?")
    deed = zone.deed(name, kind, client[0], server)
    flags, code, found = 0x8580, NOERROR, []
    if deed[:1] == ["silent"]:
        return
    if deed[:1] == ["delay"]:
        time.sleep(float(deed[1]))
    if deed[:1] == ["servfail"]:
        code = SERVFAIL
    elif deed[:1] == ["refused"]:
        code = REFUSED
    elif deed[:1] == ["nxdomain"]:
        code = NXDOMAIN
    elif deed[:1] == ["lame"]:
        flags = 0x8100
    else:
        found, last = zone.answers(name, kind)
        code = NOERROR if found or last in zone.names else NXDOMAIN
    answer = query[:2] + struct.pack("!HHHHH", flags | code, 1, len(found), 0, 0) + question
    for owner, record_type, data in found:
        packed = rdata(record_type, data)
        answer += encode(owner) + struct.pack("!HHIH", TYPES[record_type], 1, 60, len(packed)) + packed
    sock.sendto(answer, client)


def main():
    zone, selector = Zone(sys.argv[1]), selectors.DefaultSelector()
    for address in sys.argv[2:]:
        sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind((address, 53))
        selector.register(sock, selectors.EVENT_READ, address)
    print("ready", flush=True)
    while True:
        for key, _ in selector.select():
            query, client = key.fileobj.recvfrom(4096)
            zone.load()
            threading.Thread(target=serve, args=(zone, key.fileobj, query, client, key.data), daemon=True).start()


main()
