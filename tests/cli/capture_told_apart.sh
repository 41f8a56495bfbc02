#!/bin/sh
# Captured sessions with one fault each, taken at either end: is it told, and what decides?
#
# too slow for valgrind; sanitizers watch it
. "${0%/*}/lib.sh"

make_capture() { # FILE SCENARIO [OPTION...]
	file=$1
	shift
	python3 "$SMTPDX_SRCDIR/tests/capture/make_pcap.py" "$@" "$file"
}

first_cause() { sed -n '/"diagnosis"/,$s/^ *"cause": "\(.*\)",*$/\1/p' out | head -n 1; }

expect_cause() { # CAUSE WHAT: comes first in the case that the last run printed
	expect "$2" [ "$(first_cause)" = "$1" ]
}

# shellcheck disable=SC2016 # the inner shell expands its own
expect_fact() { # NAME VALUE WHAT: a text, or the beginning of a number
	expect "$3" sh -c 'grep -A 1 "\"name\": \"$1\"" out | grep -qE "\"value\": \"?$2"' - "$1" "$2"
}

needs_libpcap 'captured sessions'

# --- the first classic case, packet by packet, from both ends

for side in server client; do
	make_capture slow.pcap --at "$side" client-slow
	run smtpdx explain --json slow.pcap
	expect_status 1 "a slow client, seen from the $side"
	expect_cause client-slow "is told from the $side"
	expect_fact capture.gap '(60|59\.99)' 'the server waited 60 s'
	expect_fact capture.gap.waits-for client 'for the client'
	expect_fact capture.client.late '90\.5' 'which took 90.5 s'
	expect_fact capture.timer.setting smtpd_timeout 'the timer has its name'
	expect_match '"command": ".*postconf -e smtpd_timeout=120s' 'until then the timer is set from what was measured'
done
run smtpdx explain slow.pcap
expect_match '^ +[0-9]+ +0\.[0-9]+ ----> +RCPT TO:<' 'the dialog is drawn with packet numbers'
expect_match '60.0 s: the server waits for the client' 'the pause is put into words'
expect_match '\(ACK #[0-9]+ after' 'and says which packet acknowledged what was said'
expect_match '<---- +\[RST\]' 'to its end'

# --- what looks alike in a log, and the same whatever the capture is like

while read -r scenario cause; do
	echo "$cause --at server $scenario"
	echo "$cause --at client $scenario"
done >table <<'END'
blackhole-to-server pmtu-blackhole
blackhole-to-server-large pmtu-blackhole
blackhole-to-client pmtu-blackhole
blackhole-icmp-ignored pmtu-blackhole
slow-banner dns-slow-server
slow-dot content-filter-slow
closed-window overload-stress
impatient-client client-timeout-too-short
too-many too-many-connections-per-client
tls-stall tls-handshake-fail
server-idle-timeout stale-pooled-connection
injected-reset firewall-smtp-inspection
masked-banner firewall-smtp-inspection
split-dot firewall-smtp-inspection
nat-idle nat-idle-timeout
refused server-down
healthy healthy
healthy-tls healthy
healthy-many healthy
healthy-small-mtu healthy
healthy-reordered healthy
loss healthy
END
# --- the same fault in every link layer and format; one direction, headers, inside TLS, from the middle on; what kernels,
# middleboxes and programs do beside mail: no alarm where it is harmless
cat >>table <<'END'
pmtu-blackhole --link vlan --format us-be blackhole-to-server
pmtu-blackhole --link qinq --format ns blackhole-to-server
pmtu-blackhole --link pppoe --format ns-be blackhole-to-server
pmtu-blackhole --link sll --format pcapng blackhole-to-server
pmtu-blackhole --link sll2 --format pcapng-be blackhole-to-server
pmtu-blackhole --link raw --v6 blackhole-to-server
pmtu-blackhole --link null --v6 --extension blackhole-to-server
pmtu-blackhole --link loop --fragment 600 blackhole-to-server
pmtu-blackhole --snaplen 96 blackhole-to-server
pmtu-blackhole --offload --at client blackhole-to-server
pmtu-blackhole --twice blackhole-to-server
pmtu-blackhole --wrap blackhole-to-server
pmtu-blackhole --without-stamps blackhole-to-server
pmtu-blackhole --port 4025 blackhole-to-server
pmtu-blackhole --after 0.0345 blackhole-to-server
client-slow --at server --only client client-slow
client-slow --at client --only server client-slow
content-filter-slow --only server slow-dot
pmtu-blackhole --at client --only client blackhole-to-server
pmtu-blackhole --at server --only server blackhole-to-client
pmtu-blackhole --at middle --fault-near client blackhole-to-server
stale-pooled-connection --only client server-idle-timeout
firewall-port-blocked --at client --only client silent
client-slow --snaplen 68 --v6 client-slow
content-filter-slow --snaplen 66 --at client slow-dot
pmtu-blackhole --snaplen 68 blackhole-to-server
client-timeout-too-short --snaplen 68 impatient-client
client-timeout-too-short tls-impatient
content-filter-slow --port 465 smtps-slow-dot
client-slow --at client tls-client-slow
client-slow exchange-client-slow
client-slow --miss 5 client-slow
client-slow --after 0.5 client-slow-300
packet-loss --at client loss-both-ways
recipient-refused no-such-user
healthy --only client --at client loss
healthy --snaplen 66 smtps
healthy --delay 0.3 --at client healthy-tls
healthy --miss 5 healthy-tls
healthy --at client keepalives --snaplen 68
healthy --at middle reordered-much
healthy --at client --snaplen 96 pipeconnect
healthy fast-open
client-slow port-reuse-slow
healthy bdat
healthy quits-and-closes
healthy --only client --at client keepalives
healthy --set-back 3 healthy-several
client-slow --at client --set-back 3 client-slow-300
client-slow --at client farewell-overtaken
client-slow bdat-client-slow
client-timeout-too-short impatient-reset
content-filter-slow --at client bdat-slow
overload-stress --only client --at client window-never-opens
firewall-port-blocked --at client prohibited
firewall-smtp-inspection --at client reset-at-starttls
nat-idle-timeout --at client keepalives-forgotten
overload-stress stress-10
pmtu-blackhole --at client blackhole-short
server-fault --at client server-killed
server-fault server-killed-at-end
unknown --only server blackhole-short
window-scaling-broken --at client scaling-stripped
healthy --only server port-reuse
healthy --at client --snaplen 68 --offload healthy-small-mtu
healthy --at client --only client --snaplen 68 keepalives
unknown --at client --only client --miss 4 healthy-clamped
healthy --snaplen 120 --without-stamps healthy-tls
END
if [ -n "${SMTPDX_AGAIN-}" ]; then # one of four: all were right already, and faults of memory show in these as well
	sed -n '1~4p' table >some && mv some table
fi
python3 "$SMTPDX_SRCDIR/tests/capture/judge.py" "$SMTPDX" <table >verdicts
expect 'all of them were judged' [ "$(wc -l <verdicts)" -eq "$(wc -l <table)" ]
while read -r verdict what; do
	expect "$what" [ "$verdict" = yes ]
done <verdicts

gzip -c slow.pcap >slow.pcap.gz
run smtpdx explain --json slow.pcap.gz
expect_cause client-slow 'packed'
"$SMTPDX" explain --json - <slow.pcap >out 2>err
expect_cause client-slow 'from standard input'
sed -n p slow.pcap.gz | "$SMTPDX" explain --json - >out 2>err
expect_cause client-slow 'packed, from a pipe'
make_capture one-sided.pcap --only client healthy
run smtpdx explain --json one-sided.pcap
expect_match '"value": "client"' 'one side alone is said to be that'
run smtpdx explain one-sided.pcap
expect_match "holds the client.s packets only" 'and what that hides'
expect_match 'tcpdump .* -s 0 -i any -w smtp.pcap' 'with the command that records both'
expect_match 'host 192.0.2.10. and .tcp port 25' 'of this client'
make_capture one-sided.pcap --only server blackhole-short
run smtpdx explain one-sided.pcap
expect_match 'records such a session with the packets of both' 'what one side leaves open asks for both'
make_capture closed.pcap closed-window
run smtpdx explain closed.pcap
expect_match 'closed for 240.00 s: the network is fine, the' 'a closed window: who does not read'
make_capture cut.pcap --snaplen 68 healthy
run smtpdx explain cut.pcap
expect_match 'keeps 68 bytes of a packet' 'a short snap length is named'
make_capture whole.pcap healthy
run smtpdx explain --json whole.pcap
expect_no_match '"name": "capture.missing"' 'of a whole session nothing is missing'

# --- with other evidence

echo 'timeout after DATA (0 bytes) from unknown[192.0.2.10]' >mail.log
run smtpdx explain --json slow.pcap mail.log
expect_cause client-slow 'a capture decides what a log leaves open'
expect_match '"check": "log"' 'and the log counts too'
run smtpdx check 127.0.0.1:9 --only smtp,capture --capture slow.pcap --json
expect_match '"name": "capture.gap"' 'a capture adds to a live run'

# --- what is no capture, or not whole

printf 'tcpdump' >text.pcap
run smtpdx probe capture text.pcap
expect_status 3 'no capture'
expect_match '"status":"failed".*text.pcap: ' 'is said to be none'
head -c 700 slow.pcap >cut.pcap
run smtpdx explain --json cut.pcap
expect_match 'ends in the middle of packet 7' 'a capture that was cut says where'
expect_match '"text": "220 mx' 'and is read up to there'
make_capture mixed.pcapng --format pcapng-mixed healthy
run smtpdx probe capture mixed.pcapng
expect_status 3 'interfaces of different link types are too much for libpcap'
expect_match '"failed".*tshark -r mixed.pcapng -Y .frame.encap_type == 25.' 'it says so, and how to take them apart'
make_capture tunnel.pcap --link gre healthy
run smtpdx explain tunnel.pcap
expect_status 3 'what is in a tunnel is not judged'
run smtpdx probe capture tunnel.pcap
expect_match '"not-applicable".*inside a tunnel .GRE.*editcap -L -C 14:24 ' 'it is said to be there, and how to take it out'
make_capture web.pcap --port 8080 healthy
python3 - <<'END'
bytes = open("web.pcap", "rb").read()
open("web.pcap", "wb").write(bytes.replace(b"ESMTP", b"Hello").replace(b"EHLO", b"GET /").replace(b"220 ", b"HTTP"))
END
run smtpdx probe capture web.pcap
expect_match '"status":"not-applicable".*no connection in it speaks SMTP' 'other protocols are left alone'

# --- nothing of a message, nothing of credentials

make_capture body.pcap healthy
run smtpdx explain --json body.pcap
subject=$(LC_ALL=C grep -a '^Subject:' body.pcap | head -n 1 | tr -d '\r')
expect 'the capture holds content' [ -n "$subject" ]
# shellcheck disable=SC2016 # the inner shell expands its own
expect 'the report does not' sh -c '! grep -qF -e "$1" out' - "$subject"
finish
