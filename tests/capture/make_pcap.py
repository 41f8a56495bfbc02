#!/usr/bin/env python3
"""
make_pcap.py [OPTION...] SCENARIO FILE - writes a capture of scripted SMTP sessions over a simulated TCP

  --list               the scenarios, each with the cause that it shows
  --at PLACE           taken at the server (default), at the client, or in the middle of the path
  --fault-near SIDE    in the middle: packets get lost between there and this side (default: server)
  --only SIDE          only the packets that this side sent
  --link LINK          ethernet (default), vlan, qinq, pppoe, sll, sll2, raw, null, loop, or inside of gre, vxlan
  --format FORMAT      us (default), us-be, ns, ns-be: pcap with its units and byte order; pcapng, pcapng-be, and
                       pcapng-mixed, whose second interface claims another link type
  --v6                 addresses are IPv6
  --extension          IPv6 packets carry extension headers
  --fragment BYTES     IP packets are cut into fragments of so many bytes
  --snaplen BYTES      each packet is kept up to here
  --after SECONDS      the capture begins so late
  --offload            taken where the sender's network card cuts the segments: large ones
  --twice              each packet is seen on two interfaces, as by "any" on a bridge
  --wrap               sequence numbers wrap within the first bytes
  --without-stamps     no TCP timestamps
  --miss PERCENT       so many packets passed and are not in the capture: the recorder was too slow
  --delay SECONDS      from one end to the other
  --nat                the client has another address and port there: a translator stands before it
  --isn                a firewall there makes up sequence numbers of its own
  --clock SECONDS      the recorder's clock is ahead by so much
  --set-back SECONDS   it is set back by so much in mid-capture
  --bad-checksums      TCP checksums are left to the network card
  --port PORT          of the server
  --seed NUMBER        another run of the same: packet loss, sequence numbers, ports

Nothing is read and nothing is sent: the same arguments give the same file.
"""
import argparse
import random
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is

import oddities  # noqa: F401: its scenarios count too
import wire
from scenarios import SCENARIOS
from tcp import Network

EPOCH = 1795000000


def merged(seen):
    """What a tap sees before the network card has cut the segments of one write."""
    result = []
    for time, outgoing, packet in seen:
        last = result[-1] if result else None
        if (outgoing and last and last[1] and last[0] == time and hasattr(packet, "flags") and packet.data and
                last[2].data and last[2].source_port == packet.source_port and
                last[2].seq + len(last[2].data) == packet.seq and len(last[2].data) + len(packet.data) < 60000):
            last[2].data += packet.data
            last[2].flags |= packet.flags
        else:
            result.append((time, outgoing, packet))
    return result


def translate(packet, from_client):
    """As a translator does: the client's address and port become its own."""
    outside = wire.address("2001:db8:5::77" if packet.source.version == 6 else "203.0.113.77")
    if not hasattr(packet, "flags"):
        return
    if from_client:
        packet.source, packet.source_port = outside, packet.source_port ^ 0x101
    else:
        packet.target, packet.target_port = outside, packet.target_port ^ 0x101


def renumber(packet, from_client):
    """As a firewall does that thinks little of the ends' own choice of initial sequence numbers."""
    if not hasattr(packet, "flags"):
        return
    ports = (packet.source_port, packet.target_port) if from_client else (packet.target_port, packet.source_port)
    shifts = [random.Random("%d %d %d" % (*ports, side)).randrange(2 ** 32) for side in (0, 1)]
    mine, theirs = shifts if from_client else reversed(shifts)
    packet.seq += mine
    packet.ack += theirs if packet.flags & wire.ACK else 0
    packet.sacks = [(start + theirs, end + theirs) for start, end in packet.sacks]


def capture(arguments):
    network = Network(arguments.at, arguments.delay, fault_near=arguments.fault_near)
    world = random.Random(arguments.seed)
    SCENARIOS[arguments.scenario].build(network, world, arguments)
    network.run(100000)
    seen = merged(network.seen) if arguments.offload else network.seen
    frames, lucky = [], random.Random(arguments.seed)
    for time, outgoing, packet in seen:
        from_client = outgoing if arguments.at == "middle" else outgoing == (arguments.at == "client")
        sent_by = "client" if from_client else "server"
        if arguments.miss and lucky.random() * 100 < arguments.miss:
            continue
        if time < arguments.after or arguments.only not in (None, sent_by):
            continue
        if arguments.isn:
            renumber(packet, from_client)
        if arguments.nat:
            translate(packet, from_client)
        for ip in wire.ip_packets(packet, arguments.fragment, arguments.extension):
            if arguments.bad_checksums:
                at = (20 if ip[0] >> 4 == 4 else 40) + 16
                ip = ip[:at] + b"\x12\x34" + ip[at + 2:]
            for again in range(2 if arguments.twice else 1):
                frames.append((0.25 + arguments.clock + time + again * 2e-6, wire.framed(ip, arguments.link, outgoing)))
    return frames[:len(frames) // 2] + [(time - arguments.set_back, frame) for time, frame in frames[len(frames) // 2:]]


def main():
    if "--list" in sys.argv[1:]:
        for name, scenario in SCENARIOS.items():
            print("%-24s %-32s %s" % (name, scenario.cause, scenario.shows))
        return
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--at", choices=("server", "client", "middle"), default="server")
    parser.add_argument("--fault-near", choices=("server", "client"), default="server")
    parser.add_argument("--only", choices=("server", "client"))
    parser.add_argument("--link", choices=sorted(wire.LINKS), default="ethernet")
    parser.add_argument("--format", choices=wire.FORMATS, default="us")
    for switch in ("v6", "extension", "offload", "twice", "wrap", "without-stamps", "bad-checksums", "nat", "isn"):
        parser.add_argument("--" + switch, action="store_true")
    for name, default in (("fragment", 0), ("snaplen", 0), ("port", 25), ("seed", 1), ("miss", 0)):
        parser.add_argument("--" + name, type=int, default=default)
    parser.add_argument("--after", type=float, default=0)
    parser.add_argument("--delay", type=float, default=0.0004)
    parser.add_argument("--clock", type=float, default=0)
    parser.add_argument("--set-back", type=float, default=0)
    parser.add_argument("scenario", choices=SCENARIOS)
    parser.add_argument("file")
    arguments = parser.parse_args()
    wire.write_file(arguments.file, arguments.format, arguments.link, arguments.snaplen, EPOCH, capture(arguments))


if __name__ == "__main__":
    main()
