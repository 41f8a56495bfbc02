#!/bin/sh
# Each shipped walkthrough comes to the same diagnosis from a script, line by line and on the screen: the cases say the same.
#
# once: what is compared are texts; walk and the screens are watched by sanitizers and valgrind elsewhere

. "${0%/*}/lib.sh"

play=$SMTPDX_BUILDDIR/obj/tests/screen/play
if [ ! -x "$play" ]; then
	skip 'the screen' 'libvterm is not installed'
	finish
fi

# The three faces against one server, side by side where they wait and where it may have several clients. What a person does
# is a play whose lines end with |; plan and last stand for what is the same in all of them.
plan='wait What is checked|key Enter|'
last='wait diagnosis|key f|wait command 1 of|key Enter|wait Where shall the report|key Enter|wait q ends|key q|ended status 1|meant'

script() { "$SMTPDX" walk "$name" "$@" --record script.answers </dev/null >script.out 2>&1; }
plain() { printf '%b' "$lines" | "$SMTPDX" walk --plain "$name" "$@" --record plain.answers >plain.out 2>&1; }

screen() {
	{
		printf 'patience 30\nenv XDG_STATE_HOME=%s/state\nstart walk %s %s --record screen.answers\n' "$PWD" "$name" "$*"
		printf '%s%s\n' "$keys" "$last" | tr '|' '\n'
	} >walk.play
	"$play" "$PWD/walk.play" >screen.out 2>&1
	echo $? >status
}

# The wizard shows a scenario: each face has a server of its own, on a port of its own.
shown() (
	name=wizard
	mkdir shown && cd shown || exit 1
	keys="wait What is wrong|key 6|wait Which fault shall|marked busy|key Enter|$plan" lines='demo\nbusy\n\n\n\n\n'
	script what=demo scenario=busy --only dns,smtp --case script.json
	plain --only dns,smtp --case plain.json
	screen --only dns,smtp --case screen.json
	sed -i 's/:[0-9]\{4,5\}\([^0-9]\)/:PORT\1/g' ./*.json
	exit 0
)

through() ( # NAME SCENARIO KEYS LINES ANSWER...: leaves NAME/*.json
	folder=$folder/$1 name=$1 keys=$3 lines=$4
	mkdir "$folder" && cd "$folder" || exit 1
	trap demo_stop EXIT
	demo_start "$2"
	shift 4
	# What the demo wants asked of the server is the walkthrough's to ask.
	options=${demo_options%%--idle*}
	# shellcheck disable=SC2086 # the options are several words
	if [ "$name" = slow-greeting ] || [ "$name" = timeout-after-data ] || [ "$name" = 421-timeout-exceeded ]; then
		script "$@" $options --case script.json &
		first=$!
		plain $options --case plain.json &
		second=$!
		screen $options --case screen.json
		wait "$first" "$second"
	else
		script "$@" $options --case script.json
		plain $options --case plain.json
		screen $options --case screen.json
	fi
	exit 0
)

agree() { # NAME
	cd "$1" || exit 1
	expect "$1: on the screen to the end" [ "$(cat status)" = 0 ] || sed 's/^/# /' screen.out
	for face in plain screen; do
		expect "$1: $face and script say the same" python3 "$SMTPDX_SRCDIR/tests/cli/same_case.py" script.json $face.json
		expect "$1: $face and script record the same" cmp script.answers $face.answers
	done
	cd .. || exit 1
}

target='wait Which mail server is it|type demo.test|key Enter|'
no_file='wait empty line|key Enter|'
silence='wait silently|key 1|'

through timeout-after-data data-timeout "$target$no_file$plan$silence$plan" 'demo.test\n\n\nyes\n\n\n' \
	target=demo.test patience=yes &
through 421-timeout-exceeded data-timeout \
	"${target}wait A single dot|type 421 4.4.2 mx1.demo.test Error: timeout exceeded|key C-d|$silence$plan" \
	'demo.test\n421 4.4.2 mx1.demo.test Error: timeout exceeded\n.\nyes\n\n\n' \
	target=demo.test lines='421 4.4.2 mx1.demo.test Error: timeout exceeded' patience=yes &
through slow-greeting slow-banner "$target$plan" 'demo.test\n\n\n' target=demo.test &
through 421-too-many-connections too-many "${target}wait Who opens|key 2|wait How many|type 80|key Enter|$plan" \
	'demo.test\nprogram\n80\n\n\n' target=demo.test sending=program parallel=80
through large-mail-only small-size "${target}wait How large|type 30kB|key Enter|$no_file$plan" \
	'demo.test\n30kB\n\n\n\n' target=demo.test size=30kB
through deferred-queue filter-down \
	"wait Is the queue|key 2|wait Paste what|type 451 4.3.0 Error: queue file write error|key C-d|wait Where do most|type demo.test|key Enter|$plan" \
	'no\n451 4.3.0 Error: queue file write error\n.\ndemo.test\n\n\n' \
	here=no listing='451 4.3.0 Error: queue file write error' target=demo.test
shown &
through wizard too-many \
	"wait What is wrong|key 1|wait Where does the mail go|${target#*|}wait Who sends|key Enter|wait A log of it|key Enter|$plan" \
	'sent\ndemo.test\n\n\n\n\n' what=sent target=demo.test sender= log=
through first-call tls-version \
	"wait your name|type Ms.Hopper|key Enter|wait Is it mail|key 1|wait Please spell|type demo.test|key Enter|wait Since when|key Enter|wait every mail|key 1|wait Did a message|key C-d|$plan" \
	'Ms.Hopper\nsent\ndemo.test\n\nevery\n.\n\n\n' caller=Ms.Hopper direction=sent target=demo.test size=every
through cannot-connect port-closed "${target}wait on this machine|key 1|${plan}wait the right port|key 1|" \
	'demo.test\nyes\n\nyes\n\n' target=demo.test from-here=yes port=yes
wait

for file in "$SMTPDX_SRCDIR"/help/walkthroughs/*.walk; do
	name=${file##*/}
	name=${name%.walk}
	agree "$name"
done
agree shown

finish
