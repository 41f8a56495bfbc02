#!/bin/sh
#
# Large mail alone fails, since a path swallows large packets: the walkthrough comes to that from a script, line by line and
# on the screen, and a recorded session comes to it again on the next server. What the sweep shows while it runs.
#
# once: what is compared are texts; the checks under it are watched in mtu_sweep
# too slow for valgrind

. "${0%/*}/lib.sh"
. "${0%/*}/../netns/lib.sh"

play=$SMTPDX_BUILDDIR/obj/tests/screen/play
if [ ! -x "$play" ]; then
	skip 'large mail alone' 'libvterm is not installed'
	finish
fi
netns_enter 'large mail alone'
export TMPDIR="$folder" SMTPDX_SRCDIR SMTPDX

hole() { # NAME: a pair whose packets of more than 1397 bytes vanish behind the third router
	pair_new v4
	pair_narrow 3 server 1397
	pair_mute 3 client frag-needed
	echo "s/$pair_server/SERVER/g; s/$pair_client/CLIENT/g" >"$1.sed"
}
path_new 4
hole sweep; swept=$pair_server:2525
hole script; scripted=$pair_target
hole plain; typed=$pair_target
hole screen; watched=$pair_target
hole next; next=$pair_target
path_up
sink_start
# It takes no recipient, so that only the sweep can tell the size: it is rationed, and can be watched.
sink_start --port 2525 --rcpt-reply '550 5.1.1 no such user' --help-lines 1

# There are no name servers.
walk() { path_do client "$SMTPDX" walk "$@" --skip dns; }
on_screen() { # NAME: the play on standard input
	cat >"$1.play"
	path_do client "$play" "$folder/$1.play" >"$1.out" 2>&1
	echo $? >"$1.status"
}

on_screen sweep <<END &
env XDG_STATE_HOME=$folder/sweep
mask [<>]? *[0-9]+ % +(█|▏|▎|▍|▌|▋|▊|▉)+ .*
start walk wizard session=new what=sent target=$swept sender= log= plan=mtu
wait not known
wait 1398 B
picture running/mtu
resize 60 20
picture running/mtu-60x20
resize 80 24
key Esc
wait diagnosis
key C-c
meant
END
sweep=$!
printf '%s\n30kB\n\n\n\n' "$typed" | walk --plain large-mail-only --case plain.json >plain.out 2>&1 &
lines=$!
on_screen screen <<END &
env XDG_STATE_HOME=$folder/screen
patience 30
start walk large-mail-only --skip dns --case screen.json
wait Which mail server is it
type $watched
key Enter
wait How large
type 30kB
key Enter
wait empty line
key Enter
wait What is checked
key Enter
wait diagnosis
see Path MTU black hole
key f
wait command 1 of
key Enter
wait Where shall the report
key Enter
wait q ends
key q
ended status 1
meant
END
screen=$!
walk large-mail-only target="$scripted" size=30kB --record answers --case script.json </dev/null >out 2>err
walk large-mail-only --answers answers target="$next" --case next.json --record again </dev/null >next.out 2>&1
wait "$sweep" "$lines" "$screen"

same() { python3 "$SMTPDX_SRCDIR/tests/cli/same_case.py" "$@"; }

expect_match 'Packets of full size vanish on this path' 'the walkthrough says what was measured'
expect 'the first cause is the black hole' grep -q '"cause": "pmtu-blackhole"' script.json
expect 'on the screen to the end' [ "$(cat screen.status)" = 0 ] || sed 's/^/# /' screen.out
for face in script plain screen next; do
	sed -f $face.sed $face.json >$face.case
done
for face in plain screen; do
	expect "$face and script say the same" same script.case $face.case
done
expect 'the next server is measured' grep -q "\"target\": \"$next\"" next.json
expect 'what was recorded comes to the same there' same script.case next.case
sed -f script.sed answers >recorded
sed -f next.sed again >replayed
expect 'and records the same answers' cmp recorded replayed
expect 'the sweep fills while one looks on' [ "$(cat sweep.status)" = 0 ] || sed 's/^/# /' sweep.out
expect_nothing_delivered

finish
