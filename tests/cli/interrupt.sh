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

cat >late.demo <<'END'
title: A greeting that leaves time for a signal
target: 127.0.0.1:{port}
smtp 127.0.0.1
  banner delay 2s reply "220 late.example ESMTP"
END
demo_start ./late.demo

# What would have followed the check that was ended does not begin: least of all one that is intrusive.
"$SMTPDX" check "$demo_smtp" --only smtp,limit --yes --json >out 2>err &
check=$!
sleep 1
kill -INT "$check"
wait "$check"
status=$? ran='check with limit, then INT'
expect_status 3 'INT before the limit check: exit status 3'
expect_match '"check": "smtp"' 'INT before the limit check: what was begun is there'
expect_no_match '"check": "limit"' 'INT before the limit check: it does not begin'

# What nohup(1) does: the check goes on when its terminal is gone.
env --ignore-signal=HUP "$SMTPDX" check "$demo_smtp" --only smtp >out 2>err &
check=$!
sleep 1
kill -HUP "$check"
wait "$check"
status=$? ran='check under nohup, then HUP'
demo_stop
expect_status 0 'HUP under nohup: measured to the end'
expect_no_match 'cancelled' 'HUP under nohup: nothing was cut short'
finish
