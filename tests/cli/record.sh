#!/bin/sh
# Recording in the wizard: when the other checks have ended, until somebody ends it; what was recorded is read.
#
# too slow for valgrind: the recorder is tried there by cli/capture.sh
. "${0%/*}/lib.sh"

run smtpdx check 127.0.0.1:1 --only record
expect_err_match 'it has no file to record into' 'by itself it has no file'

needs_libpcap 'captures'
if [ "$(id -u)" != 0 ]; then
	skip 'recording' 'it takes root'
	finish
fi
demo_start too-many

export XDG_STATE_HOME="$PWD/state"
"$SMTPDX" walk wizard session=new what=sent "target=$demo_smtp" sender= log= plan=record report= --case case.json \
	</dev/null >recorded 2>&1 &
wizard=$!
# The problem is reproduced by a client of its own, once the recording has begun; Ctrl-C ends that then.
recording() { [ -n "$(find state -name 'recording.pcap.*' 2>/dev/null)" ]; }
soon recording
smtpdx check "$demo_smtp" --only smtp >/dev/null 2>&1
sleep 0.3 # for the packets that are on their way to the file
kill -INT "$wizard"
wait "$wizard"
ran='walk wizard plan=record'
out_of() { tr -d ' \n' <case.json | grep -o "$1" | sort -u >out; }
out_of '"check":"record","subject":"[^"]*","status":"[a-z-]*"'
expect_match '"status":"done"' 'it is ended in order'
out_of '"check":"capture","subject":"[^"]*","status":"[a-z-]*"'
expect_match '"status":"done"' 'and what was recorded is read'
out_of '"cause":"too-many-connections-per-client"'
expect_match too-many 'it tells what is wrong'
expect 'the file is kept beside the case, for its owner alone' [ "$(find state -name recording.pcap -perm 600 | wc -l)" = 1 ]
expect 'nothing half-written is left' [ -z "$(find state -name 'recording.pcap.*')" ]
finish
