#!/bin/sh
#
# Every scenario of the demo from the wizard's first page to a report in a file: what stands on the screen in the end, in
# the report and in the case is what smtpdx demo SCENARIO says without a screen.
#
# once: the pages are drawn under valgrind in screen_pages, and the scenarios are gone through in demo_causes

. "${0%/*}/lib.sh"

play=$SMTPDX_BUILDDIR/obj/tests/screen/play
if [ ! -x "$play" ]; then
	skip 'the scenarios on the screen' 'libvterm is not installed'
	finish
fi
export TMPDIR="$folder" XDG_CONFIG_HOME="$folder/config" # no scenarios of others
"$SMTPDX" demo --list | sed 's/ .*//' >names

expected() { sed -n 's/^expect: //p' "$SMTPDX_SRCDIR/help/demo/$1.demo"; } # NAME: the cause

# NAME: the keys that bring the mark there from the top; the menu is in the order of the list.
keys_to() { awk -v name="$1" '$0 == name { exit } { printf " Down" }' names; }

go_through() { # NAME: leaves NAME/
	mkdir "$1"
	"$SMTPDX" demo "$1" --text </dev/null >"$1/alone.txt" 2>&1 &
	cat >"$1/run.play" <<-END
		patience 40
		env XDG_STATE_HOME=$folder/$1/state
		start
		wait What is wrong?
		key 6
		wait Which fault shall
		key Home$(keys_to "$1")
		marked $1
		key Enter
		wait What is checked
		key Enter
		wait diagnosis ─
		save $folder/$1/diagnosis.txt
		key f
		wait fix ─
		save $folder/$1/fix.txt
		key Enter
		wait Where shall the report go
		type $folder/$1/report.txt
		key Enter
		see Written to
		key Enter
		wait q ends
		key q
		see The case:
		save $folder/$1/screen.txt
		ended status $([ "$(expected "$1")" = healthy ] && echo 0 || echo 1)
		restored
		meant
	END
	"$play" "$folder/$1/run.play" >"$1/log" 2>&1
	echo $? >"$1/status"
	wait "$!"
}

# The first paragraph of a text, with neither ports nor probabilities: these may differ by a digit.
verdict() {
	awk '/./ { text = text " " $0; next } text != "" { exit } END { print text }' |
		sed 's/\]:[0-9]*/]/g; s/ ([^()]*)\.*$//; s/   */ /g'
}

# One after the other, so that times are evidence; those that wait do it meanwhile.
slow='tarpit dead-resolver data-timeout slow-banner'
begun=
for name in $slow; do
	go_through "$name" &
	begun="$begun $!"
done
for half in 0 1; do
	awk -v half="$half" -v slow=" $slow " 'NR % 2 == half && !index(slow, " " $0 " ")' names | while read -r name; do
		go_through "$name"
	done &
	begun="$begun $!"
done
# shellcheck disable=SC2086 # numbers
wait $begun

while read -r name; do
	expect "$name: through all pages" [ "$(cat "$name/status")" = 0 ] || sed 's/^/# /' "$name/log"
	sed 1,2d "$name/alone.txt" | verdict >"$name/alone"
	verdict <"$name/screen.txt" >"$name/screen"
	sed 1,2d "$name/report.txt" | verdict >"$name/report"
	for place in screen report; do
		expect "$name: the verdict of the $place" cmp "$name/alone" "$name/$place" ||
			sed 's/^/# /' "$name/alone" "$name/$place"
	done
	expect "$name: the cause in the case" \
		[ "$(tr -d '\n' <"$(find "$name/state" -name case.json)" | sed -n 's/.*"diagnosis": *\[ *{ *"cause": *"\([^"]*\)".*/\1/p')" = "$(expected "$name")" ]
done <names

# The pages in the README are those of the first demo, as they are today; ports and times differ, empty lines are left out.
masked() { sed 's/\]:[0-9]*/]:PORT/; s/[0-9]\.[0-9]* s /N s /' "$1" | grep .; }
for page in diagnosis fix; do
	masked "data-timeout/$page.txt" >"$page"
	sed 's/^    //' "$SMTPDX_SRCDIR/README.md" | awk -v page="$page" '
		/^smtpdx  demo\.test / { on = $NF == page }
		on { print }
		/^Enter .* quit$/ { on = 0 }' >README.page
	masked README.page >shown
	expect "README: the page $page" cmp "$page" shown || diff "$page" shown | sed 's/^/# /'
done

finish
