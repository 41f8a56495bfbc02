#!/bin/sh
# Recording: who may, what is recorded, as whom, and what is left when it ends.
. "${0%/*}/lib.sh"

run smtpdx capture
expect_status 2 'a recording needs a target'
run smtpdx capture 127.0.0.1 --seconds 0
expect_status 2 'no time is no recording'
run smtpdx capture 127.0.0.1 --size 12
expect_status 2 'no room is no recording'

needs_libpcap 'captures'
if [ "$(id -u)" != 0 ]; then
	skip 'recording' 'it takes root'
	finish
fi
# The folder belongs to whom the program becomes.
chmod 755 "$folder"
mkdir here && chown nobody here

# Under valgrind a process without rights cannot leave its report.
as_nobody() { setpriv --reuid nobody --regid nogroup --clear-groups --inh-caps=-all "$SMTPDX_BUILDDIR/smtpdx" "$@"; }
if [ -z "$SMTPDX_SLOW" ]; then
	run as_nobody capture '[2001:db8::25]:2525' --interface lo --seconds 30 -o "it's.pcap"
	expect_status 3 'without the right to record'
	expect_err_match '^smtpdx: lo: no right to record$' 'it says so'
	expect_err_match "^  sudo timeout -s INT 30 tcpdump .* -s 0 -i lo -w 'it'\\\\''s.pcap' -- '\\(host 2001:db8::25\\)" \
		'and gives a command that does the same'
	expect_err_match "^then: smtpdx explain it's.pcap" 'and says what to do with the file'
	expect 'the command is plain ASCII' sh -c '! LC_ALL=C grep "tcpdump" err | LC_ALL=C grep -q "[^ -~]"'
	expect_empty out 'on standard output is nothing'
fi

run smtpdx capture 127.0.0.1 --interface no-such-device
expect_status 3 'an interface that does not exist'
expect_err_match '^smtpdx: no-such-device: ' 'it is named'

run smtpdx capture 127.0.0.1:9 --interface lo --seconds 1 -o quiet.pcap
expect_status 3 'nothing to record'
expect_err_match '^smtpdx: quiet.pcap: nothing was recorded: ' 'that is said'
run smtpdx capture 127.0.0.1:9 --interface lo --seconds 1 -o here
expect_err_match '^smtpdx: here: ' 'a folder is no file to record into'
for file in '' nowhere/x.pcap; do
	run smtpdx capture 127.0.0.1:9 --interface lo --seconds 1 -o "$file"
	expect_status 3 "-o '$file': nothing can be written there"
	expect 'which is found out before anything is recorded' sh -c '! grep -q ^Recording err'
done

demo_start healthy

# record FILE ARG...: records one session with the embedded server; leaves the recorder's processes as they were then
record() {
	file=$1
	shift
	: >err # or what the recording before said would be found in it
	"$@" capture "$demo_smtp" --interface lo -o "$file" --json >out 2>err </dev/null &
	recorder=$!
	soon grep -q '^Recording' err
	smtpdx check "$demo_smtp" --only smtp >/dev/null 2>&1
	cp "/proc/$recorder/task/$recorder/children" children
	tr ' ' '\n' <children | while read -r child; do cat "/proc/$child/status"; done >statuses
	kill -INT "$recorder"
	wait "$recorder"
	status=$?
	ran="$* capture"
}

record whole.pcap "$SMTPDX"
expect_err_match '^whole.pcap: [0-9]+ packets in ' 'Ctrl-C ends a recording in order'
expect 'the file has the packets of the session' [ "$(wc -c <whole.pcap)" -gt 2000 ]
expect 'it is nobody else'"'"'s to read' [ "$(stat -c %a whole.pcap)" = 600 ]
expect_match '"schema": *"smtpdx.case/1"' 'then it is explained'
cp statuses out
expect_match '^CapEff:.0+$' 'who records has no capability'
expect_match '^Uid:.([1-9][0-9]*).\1.\1.\1$' 'and is not root, for good'
expect_match '^NoNewPrivs:.1$' 'and will not be'
expect 'nothing else is left' [ "$(find . -name '*pcap*' | wc -l)" = 1 ]

if [ -z "$SMTPDX_SLOW" ]; then
	record small.pcap "$SMTPDX" --size 4096
	expect_err_match '^small.pcap: .*full, --size allows more' 'a file has its limit'
	expect 'and keeps to it' [ "$(wc -c <small.pcap)" -le 4096 ]

	record here/mine.pcap env SUDO_UID="$(id -u nobody)" SUDO_GID="$(id -g nobody)" "$SMTPDX"
	expect_match '"schema": *"smtpdx.case/1"' 'who came through sudo gets a report'
	expect 'and owns the file' [ "$(stat -c %U here/mine.pcap)" = nobody ]
fi

finish
