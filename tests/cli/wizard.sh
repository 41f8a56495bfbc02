#!/bin/sh
# The wizard line by line: from the first question to the report; back, help, quit; a session that was cut off is offered.
. "${0%/*}/lib.sh"

state=$folder/state
export XDG_STATE_HOME="$state"

plain() { # LINES ARG...: the wizard with these lines typed
	lines=$1
	shift
	printf '%b' "$lines" >typed
	ran="smtpdx --plain $*"
	"$SMTPDX" --plain "$@" <typed >out 2>err
	status=$?
}

run smtpdx
expect_status 2 'no input: exit status 2'
expect_err_match '^smtpdx: what to do\? Try' 'no input: what could be typed'
expect_empty out 'no input: nothing is asked'
expect 'no input: nothing is kept' [ ! -e "$state" ]

# ---- from the first question to the report

demo_start too-many
# shellcheck disable=SC2086
plain 'sent\ndemo.test\n\n\n\nreport.txt\n' $demo_options --case case.json
expect_status 1 'a whole session: trouble was found'
expect_match '^   1  Mail that we send' 'choices have numbers'
expect_match '^   1  on   dns +our name servers' 'the plan names the checks'
expect_match 'at most 30 s' 'and how long they take'
expect_match '^smtp mx1\.demo\.test \[127\.0\.0\.2\]:[0-9]+: done$' 'progress comes as lines'
expect_match 'takes no more connections from this' 'the diagnosis is told'
expect_match 'postconf -e' 'so are commands'
expect_match '^The report was written to report\.txt$' 'the report is written'
expect_match '^The case is kept in .*/state/smtpdx/.*/case\.json$' 'the case is kept'
expect_no_match "$(printf '[\033\r]')" 'nothing moves the cursor'
expect 'the report is there' grep -q '^smtpdx: demo\.test, ' report.txt
expect 'the case is for its owner alone' [ "$(find "$state" -name case.json -perm 600 | wc -l)" = 1 ]
expect 'so is its folder' [ -z "$(find "$state/smtpdx" -type d ! -perm 700)" ]
cp case.json out
expect_match '"what": "sent"' 'the answers are in the case'

# ---- for somebody else's eyes

# shellcheck disable=SC2086
plain 'sent\ndemo.test\nann.lee@corp-one.de\n\n\nreport.txt\n' $demo_options --only dns,smtp --redact --record answers --case redacted.json
expect_status 1 'redacted: trouble was found'
names='demo\.test|corp-one|ann\.lee'
for file in report.txt answers redacted.json; do
	cp "$file" out
	expect_no_match "$names" "redacted: $file names nobody"
done
expect 'the recorded answers speak of the hosts of the case' grep -q "\"target\": \"$(sed -n 's/^target=//p' answers)\"" redacted.json
expect 'the session that is kept has the real names' grep -qE "$names" "$state"/smtpdx/*/case.json

# ---- back, help, what is refused

if [ -z "$SMTPDX_SLOW" ]; then # test_session does it under valgrind
	# shellcheck disable=SC2086
	plain '?\nsent\nback\n1\nno..host\ndemo.test\nme@demo.test\nback\nback\n\n\n\n2\nback\nback\n\n\n2\n\nback\nback\n\n\n\n' $demo_options --only dns,smtp
	expect_status 1 'with detours: trouble was found'
	expect_match '^The first two measure a mail server' 'help is shown'
	expect_match '^back: the question before' 'and the commands'
	expect_match 'no\.\.host' 'an answer that is none is refused'
	expect_match '^\[demo\.test\] > ' 'after back the answer is offered again'
	expect_match '^\[me@demo\.test\] > ' 'and so is one further on'
	expect 'a number switches a check off, and back keeps that' [ "$(grep -c '^   2  off  smtp' out)" = 4 ]
	expect_match 'done already' 'after back what was measured is there'
	expect 'and is measured once' [ "$(grep -c '^All checks have ended' out)" = 1 ]

	plain 'demo\ntoo-many\n\ntest 9\ntest 1\n\n\n' --only dns,smtp
	expect_match '^Not tested, and what it could say for' 'the diagnosis lists what was not tested'
	expect_match '^  1\. limit \(\+[0-9]+ or -[0-9]+\): how many sessions' 'with what it could say'
	expect_match '^   1  on   limit' 'test 1 leads to the plan of that test'
	expect_match 'There is no test of that number' 'there is no test 9'
	expect_match 'To begin is to consent' 'which asks for consent'
	expect_match '^limit mx1\.demo\.test \[127\.0\.0\.2\]:[0-9]+: done$' 'and runs'
	expect_match '^limit at mx1.demo.test .127.0.0.2. has run: [0-9]+ facts more' 'it is told what that brought'
	expect 'and the diagnosis comes again' [ "$(grep -c '^All checks have ended' out)" = 2 ]
	# shellcheck disable=SC2086
	plain 'quit\n' $demo_options
	expect_status 3 'quit: nothing was measured'
	plain 'demo\ndata-timeout\nquit\n'
	expect_match '^   2  on   smtp ' 'a scenario that agrees to an intrusive check has it on'
	expect_match 'needs your consent' 'and it is said'
	expect_match '^   [34]  off  limit ' 'another one is off'
	plain 'evidence\npaste\n421 4.4.2 mx Error: timeout exceeded\r\n.\r\n\n\n'
	expect_status 1 'pasted lines are read'
	expect_match 'gives up on slow clients too early|falls silent' 'and explained'
	expect_match '^pasted text, 1 line: ' 'and called what they are'
	expect 'not by the file that keeps them' [ "$(grep -c 'pasted-' out)" = 0 ]
fi
demo_stop
"$SMTPDX" mx.demo.test --plain --resolver 127.0.0.1:1 </dev/null >out 2>err
expect_match 'What is wrong\?' 'a target alone begins the wizard'

# ---- cut off

rm -rf "$state"
demo_start tarpit
mkfifo pipe
# shellcheck disable=SC2086
"$SMTPDX" --plain $demo_options --only dns,smtp <pipe >out 2>err &
cut=$!
exec 9>pipe
printf 'sent\ndemo.test\n\n\n\n' >&9
soon grep -q '^dns demo.test: done' out
expect 'the case is saved while checks run' soon grep -q '"smtp.banner' "$state"/smtpdx/*/case.json
# shellcheck disable=SC2086
plain 'quit\n' $demo_options
expect_no_match 'interrupted' 'what still runs is not offered'
kill -9 "$cut"
wait "$cut" 2>/dev/null
exec 9>&-
# shellcheck disable=SC2086
plain 'help\n1\n2\n\n\n' $demo_options --only dns,smtp
expect_match '^A session was interrupted\. Go on with it\?' 'after kill -9 the session is offered'
expect_match '^   1  demo\.test, interrupted at 20' 'with its target and time'
expect_match '^   1  off  dns ' 'what was measured to its end need not run again'
expect_match 'done already' 'and is marked'
expect_match '^   2  on   smtp ' 'what was cut off is to run'
# shellcheck disable=SC2086
plain 'quit\n' $demo_options
expect_no_match 'interrupted' 'a session that has ended is not offered'
demo_stop

for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22; do
	mkdir -p "$state/smtpdx/20200101T0000$((n + 10))Z-1"
done
plain 'evidence\npaste\nx\n.\nquit\n'
expect 'no more than 20 sessions are kept' [ "$(find "$state/smtpdx" -mindepth 1 -type d | wc -l)" -le 20 ]

# ---- a line without an end

if [ -z "$SMTPDX_SLOW${SMTPDX_AGAIN-}" ]; then # valgrind and sanitizers have memory of their own
	# shellcheck disable=SC3045 # where there is no -v, there is no limit
	{ printf 'evidence\npaste\n' && head -c 150000000 /dev/zero | tr '\0' a; } |
		(ulimit -v 120000 && XDG_STATE_HOME=$folder/long "$SMTPDX" --plain >out 2>err)
	expect_match '^> 4096 KiB are more' 'a line of 150 MB is read, and no more of it is kept than an answer may have'
fi
finish
