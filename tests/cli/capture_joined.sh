#!/bin/sh
# One session captured at both ends: what left one of them and never arrived at the other?
#
# once: the same reader as capture_told_apart, which the sanitizers watch; join.c has a unit test
. "${0%/*}/lib.sh"

needs_libpcap 'captured sessions'

both() { # SCENARIO [OPTION... of the server's capture]
	scenario=$1
	shift
	python3 "$SMTPDX_SRCDIR/tests/capture/make_pcap.py" --at client "$scenario" here.pcap
	python3 "$SMTPDX_SRCDIR/tests/capture/make_pcap.py" --at server "$@" "$scenario" there.pcap
	run smtpdx explain --json here.pcap there.pcap
}

first_cause() { sed -n '/"diagnosis"/,$s/^ *"cause": "\(.*\)",*$/\1/p' out | head -n 1; }
expect_cause() { expect "$2" [ "$(first_cause)" = "$1" ]; } # CAUSE WHAT

# shellcheck disable=SC2016 # the inner shell expands its own
expect_fact() { # NAME VALUE WHAT: a text, or the beginning of a number
	expect "$3" sh -c 'grep -A 1 "\"name\": \"$1\"" out | grep -qE "\"value\": \"?$2"' - "$1" "$2"
}

both blackhole-to-server
expect_cause pmtu-blackhole 'a black hole between the two'
expect_fact capture.client.between large 'large segments vanish'
expect_fact capture.client.vanished.size 1448 'down to this size'
expect_fact capture.client.arrived.size 1106 'up to this size they arrive'
expect_fact capture.server.between none 'and none the other way'
run smtpdx explain here.pcap there.pcap
expect_match 'client to server: segments of 1448 bytes and more leave and never arrive' 'the report says it'
expect_match '13 segments of up to 1448 bytes -> never arrive' 'and draws it'
expect_match '1 segment of 1106 bytes -> #14 after 0.40 ms' 'with the number of the packet where it arrived'

both blackhole-to-client --nat --clock 3600.5
expect_cause pmtu-blackhole 'behind a translator, and with a clock that is wrong'
expect_fact capture.server.between large 'the other direction is told'
expect_fact capture.joined.clock 3600.5 'how far the clocks are apart'
expect_fact capture.joined.name '.203.0.113.77' 'and what the client is called there'

both blackhole-to-server --nat --isn --clock -70
expect_cause pmtu-blackhole 'a firewall that translates, and makes up sequence numbers of its own'
expect_fact capture.client.between large 'large segments vanish there, too'
both healthy --isn --after 0.035
expect_cause healthy 'the same addresses, other numbers, and no SYN'
expect_fact capture.joined true 'is joined by what is said'

both loss-both-ways --clock 1
expect_cause packet-loss 'loss between the two'
both masked-banner --clock 1
expect_cause firewall-smtp-inspection 'a device that changes what is said'
expect_fact capture.rewritten 2 'the segments that it changed are counted'
both injected-reset
expect_cause firewall-smtp-inspection 'a device that resets'
expect_fact capture.reset.forged client 'an RST that nobody sent'
both healthy-clamped --clock 1
expect_cause healthy 'a lowered segment size is no trouble'
expect_fact capture.client.mss.arrived 1360 'and is told'
both healthy --miss 8
expect_cause healthy 'a recorder that was too slow is no loss'
both reordered-much --clock -1
expect_cause healthy 'nor are packets that overtake one another'

# A capture that was rotated is none of two ends.
python3 - <<'END'
import struct
bytes = open("here.pcap", "rb").read()
at, cuts = 24, []
while at < len(bytes):
    cuts.append(at)
    at += 16 + struct.unpack_from("<I", bytes, at + 8)[0]
middle = cuts[len(cuts) // 2]
open("one.pcap", "wb").write(bytes[:middle])
open("two.pcap", "wb").write(bytes[:24] + bytes[middle:])
END
run smtpdx explain --json one.pcap two.pcap
expect_cause healthy 'a capture in two files'
expect_no_match '"name": "capture.joined"' 'is not two captures'
expect_fact capture.sessions 1 'and one session'
finish
