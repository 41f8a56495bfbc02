"""
wire - packets as bytes, in every link layer and file format that a capture comes in
"""
import ipaddress
import struct

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16

LINKS = {"gre": 1, "vxlan": 1, "ethernet": 1, "vlan": 1, "qinq": 1, "pppoe": 1, "sll": 113, "sll2": 276, "raw": 101, "null": 0, "loop": 108}
FORMATS = ("us", "us-be", "ns", "ns-be", "pcapng", "pcapng-be", "pcapng-mixed")

TCP, ICMP, ICMPV6 = 6, 1, 58
TOO_BIG, UNREACHABLE = "too-big", "unreachable"


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def pseudo_header(source, target, protocol, length):
    if source.version == 4:
        return source.packed + target.packed + struct.pack("!BBH", 0, protocol, length)
    return source.packed + target.packed + struct.pack("!IxxxB", length, protocol)


def tcp_bytes(p):
    """One TCP segment; p is a tcp.Segment."""
    options = b""
    if p.mss:
        options += struct.pack("!BBH", 2, 4, p.mss)
    if p.sack_permitted:
        options += b"\1\1\4\2"
    if p.stamps:
        options += struct.pack("!BBBBII", 1, 1, 8, 10, p.stamps[0] & 0xffffffff, p.stamps[1] & 0xffffffff)
    if p.scale is not None:
        options += struct.pack("!BBBB", 1, 3, 3, p.scale)
    if p.sacks:
        options += struct.pack("!BBBB", 1, 1, 5, 2 + 8 * len(p.sacks))
        for start, end in p.sacks:
            options += struct.pack("!II", start & 0xffffffff, end & 0xffffffff)
    header = struct.pack("!HHIIBBHHH", p.source_port, p.target_port, p.seq & 0xffffffff, p.ack & 0xffffffff,
                         (5 + len(options) // 4) << 4, p.flags, p.window, 0, 0) + options
    whole = header + p.data
    sum_ = checksum(pseudo_header(p.source, p.target, TCP, len(whole)) + whole)
    return whole[:16] + struct.pack("!H", sum_) + whole[18:]


def icmp_bytes(p):
    """What a router says about a packet that it did not forward; p is a tcp.Notice."""
    if p.source.version == 4:
        kind, rest = (3, (4, p.mtu)) if p.what == TOO_BIG else (3, (13, 0))
        body = struct.pack("!BBHHH", kind, rest[0], 0, 0, rest[1]) + ip_packets(p.about)[0][:28]
        return body[:2] + struct.pack("!H", checksum(body)) + body[4:]
    kind, code, value = (2, 0, p.mtu) if p.what == TOO_BIG else (1, 1, 0)
    body = struct.pack("!BBHI", kind, code, 0, value) + ip_packets(p.about)[0][:1232]
    sum_ = checksum(pseudo_header(p.source, p.target, ICMPV6, len(body)) + body)
    return body[:2] + struct.pack("!H", sum_) + body[4:]


def ip_size(p):
    return (20 if p.source.version == 4 else 40) + len(tcp_bytes(p))


def ip_packets(p, fragment=0, extension=False):
    """The IP packet, or its fragments of at most `fragment` payload bytes (a multiple of 8)."""
    is_tcp = hasattr(p, "flags")
    payload = tcp_bytes(p) if is_tcp else icmp_bytes(p)
    step = fragment if fragment and len(payload) > fragment else len(payload)
    split = step < len(payload)
    packets = []
    for start in range(0, len(payload), step):
        part = payload[start:start + step]
        more = start + step < len(payload)
        if p.source.version == 4:
            flags = (0x2000 if more else 0) | start // 8 if split else 0x4000
            header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(part), p.ip_id & 0xffff, flags, p.ttl,
                                 TCP if is_tcp else ICMP, 0) + p.source.packed + p.target.packed
            packets.append(header[:10] + struct.pack("!H", checksum(header)) + header[12:] + part)
            continue
        next_header, chain = (TCP if is_tcp else ICMPV6), b""
        if split:
            chain = struct.pack("!BBHI", next_header, 0, start | more, p.ip_id)
            next_header = 44
        if extension:  # hop-by-hop with padding, then destination options
            chain = struct.pack("!BBBBI", 60, 0, 1, 4, 0) + struct.pack("!BBBBI", next_header, 0, 1, 4, 0) + chain
            next_header = 0
        packets.append(struct.pack("!IHBB", 6 << 28, len(chain) + len(part), next_header, p.ttl) +
                       p.source.packed + p.target.packed + chain + part)
    return packets


def tunnelled(protocol, payload):
    """In an IPv4 packet between two routers."""
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 7, 0x4000, 60, protocol, 0, b"\x0a\x09\x09\1",
                         b"\x0a\x09\x09\2")
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def framed(packet, link, outgoing):
    """The packet as the link layer carries it; outgoing as seen from where the capture was taken."""
    if link == "gre":
        inner = struct.pack("!HH", 0, 0x0800 if packet[0] >> 4 == 4 else 0x86dd) + packet
        return framed(tunnelled(47, inner), "ethernet", outgoing)
    if link == "vxlan":
        inner = struct.pack("!II", 0x08000000, 42 << 8) + framed(packet, "ethernet", outgoing)
        return framed(tunnelled(17, struct.pack("!HHHH", 51234, 4789, 8 + len(inner), 0) + inner), "ethernet", outgoing)
    is_v4 = packet[0] >> 4 == 4
    ethertype = b"\x08\x00" if is_v4 else b"\x86\xdd"
    here, there = b"\x02\x00\x00\x00\x00\x01", b"\x02\x00\x00\x00\x00\x02"
    macs = there + here if outgoing else here + there
    if link == "ethernet":
        return macs + ethertype + packet.ljust(46, b"\0")  # padded to the least frame, as on the wire
    if link == "vlan":
        return macs + b"\x81\x00\x00\x19" + ethertype + packet
    if link == "qinq":
        return macs + b"\x88\xa8\x00\x64\x81\x00\x00\x19" + ethertype + packet
    if link == "pppoe":
        protocol = b"\x00\x21" if is_v4 else b"\x00\x57"
        return macs + b"\x88\x64" + struct.pack("!BBHH", 0x11, 0, 7, len(packet) + 2) + protocol + packet
    if link == "sll":
        return struct.pack("!HHH8s", 4 if outgoing else 0, 1, 6, here) + ethertype + packet
    if link == "sll2":
        return ethertype + struct.pack("!HIHBB8s", 0, 2, 1, 4 if outgoing else 0, 6, here) + packet
    if link in ("null", "loop"):
        family = 2 if is_v4 else 30 if link == "null" else 24  # as macOS and OpenBSD number them
        return struct.pack("<I" if link == "null" else ">I", family) + packet
    return packet


def pcapng_block(order, kind, body):
    body += b"\0" * (-len(body) % 4)
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size


def write_file(path, form, link, snaplen, epoch, frames):
    """frames: (seconds since the epoch, bytes), in the order they were seen; the epoch is in whole seconds since 1970."""
    order = ">" if form.endswith("-be") else "<"
    limit = snaplen or 262144
    with open(path, "wb") as out:
        if form.startswith("pcapng"):
            # The same block twice over: interfaces keep different clocks, so readers must look at the option.
            out.write(pcapng_block(order, 0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, 1, 0, -1)))
            for resolution in (6, 9):
                option = struct.pack(order + "HHBxxxHH", 9, 1, resolution, 0, 0)
                kind = LINKS["sll"] if form == "pcapng-mixed" and resolution == 9 else LINKS[link]
                out.write(pcapng_block(order, 1, struct.pack(order + "HHI", kind, 0, limit) + option))
        else:
            magic = 0xa1b23c4d if form.startswith("ns") else 0xa1b2c3d4
            out.write(struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, limit, LINKS[link]))
        for number, (time, frame) in enumerate(frames):
            kept = frame[:limit]
            if form.startswith("pcapng"):
                interface = number % 2
                unit = (10 ** 6, 10 ** 9)[interface]
                ticks = epoch * unit + round(time * unit)
                out.write(pcapng_block(order, 6, struct.pack(order + "IIIII", interface, ticks >> 32, ticks & 0xffffffff,
                                                             len(kept), len(frame)) + kept))
            else:
                unit = 10 ** 9 if form.startswith("ns") else 10 ** 6
                seconds, part = divmod(round(time * unit), unit)
                out.write(struct.pack(order + "IIII", epoch + seconds, part, len(kept), len(frame)) + kept)


def address(text):
    return ipaddress.ip_address(text)
