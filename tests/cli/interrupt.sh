#!/bin/sh
# Ctrl-C ends the checks, gives the report so far, and never calls a server healthy that was not measured to the end.
. "${0%/*}/lib.sh"

interrupted() { # SIGNAL
	demo_start tarpit
	# shellcheck disable=SC2086 # the options are several words
	"$SMTPDX" check "$demo_target" $demo_options --case case.json >out 2>err &
	check=$!
	if [ -n "$SMTPDX_SLOW" ]; then sleep 10; else sleep 2; fi
	kill "-$1" "$check"
	wait "$check"
	status=$? ran="check, then $1"
	demo_stop
	expect_status 3 "$1: exit status 3"
	expect_match '^smtpdx: demo\.test, ' "$1: the report comes"
	expect_match 'cancelled before it had finished' "$1: it says what was cut short"
	[ -n "$SMTPDX_SLOW" ] || expect_match 'smtp\.connect\.delay' "$1: what was measured until then is there"
	expect_no_match 'nothing is wrong' "$1: it does not say that nothing is wrong"
	run smtpdx report case.json
	expect_match 'cancelled before it had finished' "$1: so does the saved case"
}

interrupted INT
interrupted TERM
finish
