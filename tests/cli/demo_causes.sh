#!/bin/sh
# Every scenario of the demo is diagnosed as the cause that it names, and the exit status says whether that is trouble.
#
# too slow for valgrind; sanitizers watch it
. "${0%/*}/lib.sh"

first_cause() { # FILE: of the diagnosis in a case
	tr -d '\n' <"$1" | sed -n 's/.*"diagnosis": *\[ *{ *"cause": *"\([^"]*\)".*/\1/p'
}

check_scenario() { # NAME: leaves NAME.json and NAME.status
	"$SMTPDX" demo "$1" --json >"$1.json" 2>"$1.err" </dev/null
	echo $? >"$1.status"
}

judge_scenario() { # NAME
	expected=$(sed -n 's/^expect: //p' "$SMTPDX_SRCDIR/help/demo/$1.demo")
	found=$(first_cause "$1.json")
	if [ "$found" = "$expected" ]; then
		ok "$1: $expected"
	else
		not_ok "$1: $expected"
		echo "# found: ${found:-no diagnosis}"
		sed 's/^/# /' "$1.err"
	fi
	status=$(cat "$1.status") ran="smtpdx demo $1 --json"
	cp "$1.json" out
	cp "$1.err" err
	case $expected in
	healthy) expect_status 0 "$1: exit status 0, nothing is wrong" ;;
	*) expect_status 1 "$1: exit status 1, trouble" ;;
	esac
}

# Those that take long do so by waiting; the others have their turns meanwhile.
long='data-timeout dead-resolver slow-banner tarpit'
for name in $long; do check_scenario "$name" & done
for file in "$SMTPDX_SRCDIR"/help/demo/*.demo; do
	name=${file##*/}
	name=${name%.demo}
	set -- "$@" "$name"
	case " $long " in *" $name "*) ;; *) check_scenario "$name" ;; esac
done
wait
for name; do
	case $SMTPDX_SLOW:$name in
	?*:slow-banner | ?*:tarpit) ;; # nothing speaks for these but times
	*) judge_scenario "$name" ;;
	esac
done
# What was probed was not port 25.
: >out
expect 'no command is about another port' sh -c '! grep -E "\"(command|undo|verify)\": .*(port (= :)?|:)25([^0-9]|\$)" port-closed.json inspection.json too-many.json v6-broken.json >out'
sed 's/^/# /' out

finish
