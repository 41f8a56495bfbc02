#!/bin/sh
# A rewritten capture: nothing in it names anybody or is of a message; sizes, times and the diagnosis are the same.
. "${0%/*}/lib.sh"

if ! command -v python3 >/dev/null; then
	skip 'captures' 'python3 is not installed'
	finish
fi
needs_libpcap 'captures'
make_pcap=$SMTPDX_SRCDIR/tests/capture/make_pcap.py
secrets='example|sender|reader|figures|April|Yours|198\.51\.100|2001:db8:[129]|203\.0\.113\.1'

# Sizes, times and checksums of a pcap file; the latter are all right or it is said which are not.
cat >look.py <<'END'
import struct, sys
def packets(path):
    data = open(path, "rb").read()
    order = "<" if data[0] in (0x4d, 0xd4) else ">"
    scale = 1000 if struct.unpack(order + "I", data[:4])[0] == 0xa1b2c3d4 else 1
    at, first = 24, None
    while at < len(data):
        seconds, part, kept, size = struct.unpack(order + "IIII", data[at:at + 16])
        time = seconds * 10 ** 9 + part * scale
        first = time if first is None else first
        yield time - first, kept, size, data[at + 16:at + 16 + kept]
        at += 16 + kept
def total(data):
    data += b"\0" * (len(data) % 2)
    sum_ = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while sum_ >> 16:
        sum_ = (sum_ & 0xffff) + (sum_ >> 16)
    return sum_
before, after = (list(packets(path)) for path in sys.argv[1:3])
assert [p[:3] for p in before] == [p[:3] for p in after], "times or sizes differ"
for number, (_, kept, size, frame) in enumerate(after, 1):
    ip = frame[14:]
    if kept == size and ip[0] >> 4 == 4 and ip[9] == 6:
        length = struct.unpack("!H", ip[2:4])[0]
        assert total(ip[:20]) == 0xffff, "IP checksum of packet %d" % number
        assert total(ip[12:20] + struct.pack("!HH", 6, length - 20) + ip[20:length]) == 0xffff, "TCP checksum %d" % number
    if kept == size and ip[0] >> 4 == 6 and ip[6] == 6:
        length = struct.unpack("!H", ip[4:6])[0]
        assert total(ip[8:40] + struct.pack("!HH", 6, length) + ip[40:40 + length]) == 0xffff, "TCP checksum %d" % number
END

conclusion() { # FILE: which causes, how probable
	smtpdx explain "$1" --json | python3 -c '
import json, sys
print([(d["cause"], round(d["probability"], 6)) for d in json.load(sys.stdin)["diagnosis"]])'
}

compare() { # SCENARIO OPTION...
	"$make_pcap" "$@" in.pcap || exit 1
	run smtpdx capture --redact in.pcap -o out.pcap
	expect_status 0 "$*: it is rewritten"
	LC_ALL=C tr -c '[:print:]' '\n' <out.pcap >out
	expect_no_match "$secrets" "$*: nobody and nothing is named"
	run python3 look.py in.pcap out.pcap
	expect_status 0 "$*: sizes, times and checksums are right"
	[ -n "$SMTPDX_SLOW" ] || expect "$*: the diagnosis is the same" [ "$(conclusion in.pcap)" = "$(conclusion out.pcap)" ]
}

compare client-slow
compare blackhole-to-server --at client --v6
if [ -z "$SMTPDX_SLOW" ]; then
	compare healthy-tls --format ns-be --wrap
	compare healthy-small-mtu --at client
	compare healthy-reordered
	compare too-many --snaplen 120
	compare data-after-421 --twice
	compare masked-banner --after 0.03
	compare blackhole-icmp-ignored --at client --offload
fi

"$make_pcap" healthy --link qinq --format pcapng --fragment 512 in.pcap || exit 1
run smtpdx capture --redact in.pcap -o out.pcap
expect_status 0 'fragments below two VLAN tags are rewritten'
LC_ALL=C tr -c '[:print:]' '\n' <out.pcap >out
expect_no_match "$secrets" 'and name nobody'

run smtpdx capture --redact in.pcap
expect_status 2 'a rewritten capture needs a name'
run smtpdx capture --redact in.pcap -o in.pcap
expect_status 2 'and not that of the original'
head -c 3000 in.pcap >cut.pcap
run smtpdx capture --redact cut.pcap -o out.pcap
expect_status 3 'a capture that breaks off is no whole one'

finish
