#!/bin/sh
# Walkthroughs: each shipped one reaches its diagnosis on the embedded server; answers from the command line and from a file.
. "${0%/*}/lib.sh"

# ---- each to its diagnosis. They wait, so they do it at the same time, each in a folder of its own.

through() { # NAME SCENARIO ANSWER...: leaves NAME/case.json, NAME/status, NAME/out
	(
		folder=$folder/$1 name=$1
		mkdir "$folder" && cd "$folder" || exit 1
		trap demo_stop EXIT
		demo_start "$2"
		shift 2
		# shellcheck disable=SC2086 # the options are several words; what they ask of the probe is the walkthrough's to say
		run smtpdx walk "$name" "$@" ${demo_options%%--idle*} --record answers --case case.json
		echo "$status" >status
	)
}

arrives() { # NAME CAUSE
	expect "$1: $2" [ "$(first_cause "$1/case.json")" = "$2" ] || sed 's/^/# /' "$1/out" "$1/err"
	expect "$1: exit status 1, trouble" [ "$(cat "$1/status")" = 1 ]
}

first_cause() { # FILE: of the diagnosis in a case
	tr -d '\n' <"$1" | sed -n 's/.*"diagnosis": *\[ *{ *"cause": *"\([^"]*\)".*/\1/p'
}

printf '%s\n' '-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------' \
	'4F1B2C0A1B     1234 Sun Nov 22 04:00:00  a@demo.test' \
	'(host mx1.demo.test[127.0.0.2] said: 451 4.3.0 Error: queue file write error (in reply to RCPT TO command))' \
	'                                         b@demo.test' '' '-- 1 Kbytes in 1 Request.' >queue.txt

# Under valgrind these are enough: the others differ in their texts, and in times that are no evidence there.
through cannot-connect port-closed target=demo.test
through first-call tls-version target=demo.test direction=sent size=every caller=Ms.Hopper
arrives cannot-connect server-down
arrives first-call tls-version-mismatch
if [ -z "$SMTPDX_SLOW" ]; then
	through timeout-after-data data-timeout target=demo.test patience=yes &
	through 421-timeout-exceeded data-timeout target=demo.test lines='421 4.4.2 mx1.demo.test Error: timeout exceeded' &
	through slow-greeting slow-banner target=demo.test &
	through 421-too-many-connections too-many target=demo.test sending=program parallel=80
	through large-mail-only small-size target=demo.test size=30kB
	through deferred-queue filter-down here=no listing="$(cat queue.txt)" target=demo.test
	wait
	arrives timeout-after-data server-idle-timeout-too-short
	arrives 421-timeout-exceeded server-idle-timeout-too-short
	arrives slow-greeting dns-slow-server
	arrives 421-too-many-connections too-many-connections-per-client
	arrives large-mail-only size-limit
	arrives deferred-queue proxy-filter-down
	for file in "$SMTPDX_SRCDIR"/help/walkthroughs/*.walk; do
		name=${file##*/}
		name=${name%.walk}
		run smtpdx walk --check "$name"
		expect_status 0 "$name has no mistakes"
		[ "$name" = wizard ] || expect "$name was gone through" [ -s "$name/case.json" ]
	done
	cp large-mail-only/out out
	expect_match 'at most 20480 bytes' 'a sentence has the value of a fact'
	cp timeout-after-data/answers out
	expect_match '^patience=yes$' 'the answers are recorded'
	expect_match '^plan=dns,smtp,mtu$' 'so is which checks ran'
fi
run smtpdx walk
expect_match '^first-call$' 'walk alone lists them'
expect_no_match '^wizard$' 'the wizard is not one of them'

cp cannot-connect/out out
expect_match 'nobody listens at this port' 'what was measured decides what is said'
expect_no_match 'No answer at all' 'and what is not said'
cp first-call/out out
expect_match '^"Thank you\. I am measuring now' 'first-call: there are lines to read aloud'
cp first-call/case.json out
expect_match '"caller": "Ms\.Hopper"' 'the answers are in the case'
expect_match '"direction": "outbound"' 'so is the direction'

# ---- the same again

demo_start too-many
# shellcheck disable=SC2086
again() { run smtpdx walk 421-too-many-connections $demo_options "$@"; }
again target=demo.test sending=mta parallel= --record answers --case first.json
expect_status 1 'a run that is recorded'
again --answers answers --case second.json --record again
expect_status 1 'the same answers from the file'
expect 'a recorded run is the same when it is gone through again' python3 "$SMTPDX_SRCDIR/tests/cli/same_case.py" first.json second.json
expect 'and records the same answers' cmp answers again
printf 'demo.test\nmta\n\n\n\n' >typed
# shellcheck disable=SC2086
"$SMTPDX" walk --plain 421-too-many-connections $demo_options --case third.json <typed >out 2>err
expect 'and so it is when a person types the answers' python3 "$SMTPDX_SRCDIR/tests/cli/same_case.py" first.json third.json
again --answers answers target=127.0.0.9:1 --json
expect_match '"target": "127\.0\.0\.9:1"' 'the command line wins over the file: the next server'
expect_match '"sending": "mta"' 'the other answers are from the file'
expect_no_match 'The checks of' 'a report on standard output is alone there'
demo_stop

[ -z "$SMTPDX_SLOW" ] || finish # the rest reads files and prints one line: test_walk does it under valgrind

# ---- what is wrong

wrong() { # PATTERN WHAT ARG...
	pattern=$1 about=$2
	shift 2
	run smtpdx walk "$@"
	expect_status 2 "$about: exit status 2"
	expect_err_match "^smtpdx: $pattern" "$about: the line says why"
}

wrong 'no answer to "target" \(Which mail server is it\?.*target=' 'a question without an answer' slow-greeting
wrong 'target=no\.\.host: ' 'an answer that is none' slow-greeting target=no..host
wrong 'slow-greeting asks no question "tarket"; it asks target, elsewhere' 'an answer to no question' slow-greeting tarket=x
wrong 'plan=ftp: there is no check "ftp"' 'a plan with an unknown check' slow-greeting plan=ftp
wrong 'there is no walkthrough "dance"' 'an unknown walkthrough' dance
wrong '\./nowhere\.walk: No such file' 'a file that is not there' nowhere.walk
wrong 'walk: "x": expected NAME=VALUE' 'a word that is no answer' slow-greeting x
printf 'target=a.example\nsurplus\n' >bad
wrong 'bad:2: expected NAME=VALUE' 'a file of answers with a mistake' slow-greeting --answers bad

printf 'title: x\nsay hello\nask again yes-no Once more?\nwhen answer again = yes\n  goto round\nstop\nlabel round\nsay round\n' >loop.walk
printf 'ask more yes-no And now?\nwhen answer more = yes\n  goto round\n' >>loop.walk
run smtpdx walk loop.walk again=yes more=yes more=yes more=no
expect_status 0 'a loop asks again, and ends with its answers'
expect 'three rounds' [ "$(grep -c '^round$' out)" = 3 ]
wrong 'no answer to "more"' 'a loop without an end' loop.walk again=yes more=yes

bad_file() { # PATTERN WHAT: the walkthrough on standard input
	cat >bad.walk
	wrong "\./bad\.walk:$1" "$2" --check bad.walk
}
bad_file '2: expected a fact, found "smtp.baner.delay"' 'an unknown fact' <<'END'
title: x
when smtp.baner.delay > 5s
  stop
END
bad_file '3: nothing leads to this step' 'a step that nothing leads to' <<'END'
title: x
stop
say never
END
bad_file '2: expected names of checks, live or files, found "ftp"' 'an unknown check' <<'END'
title: x
check ftp
END
bad_file '2: expected a label of this walkthrough, found "there"' 'an unknown label' <<'END'
title: x
goto there
END

printf 'title: x\nask target host Which?\ncheck limit\n' >consent.walk
wrong 'no check is switched on; limit needs consent: --yes, or plan=limit' 'a check without consent' consent.walk target=127.0.0.1:1
printf 'title: x\nask target host Which?\ncheck smtp\n  set deliver\n' >deliver.walk
wrong 'target=127\.0\.0\.1:1: to deliver a message it takes an address' 'a delivery without recipient' deliver.walk target=127.0.0.1:1

# ---- a test of one mail host

run smtpdx walk wizard session=new what=demo scenario=healthy plan=dns,smtp 'test=smtp --pipelining at mx2.demo.test [127.0.0.3]' \
	report= --case one.json
expect_status 0 'a test of one mail host more'
grep -o '"check":"smtp","subject":"mx[12]' one.json | sort | uniq -c | tr -s ' ' >out
tr -d ' \n' <one.json | grep -o '"checks":\[[^]]*\].*"facts"' | grep -o '"subject":"mx[12]' | sort | uniq -c | tr -s ' ' >out
expect_match '^ 1 .*mx1$' 'leaves the other one alone'
expect_match '^ 2 .*mx2$' 'and measures that one again'

# ---- a site's own

mkdir -p "$XDG_CONFIG_HOME/smtpdx/walkthroughs"
printf 'title: Our own\nsay Call the network desk.\n' >"$XDG_CONFIG_HOME/smtpdx/walkthroughs/ours.walk"
run smtpdx walk ours
expect_status 0 "a site's own walkthrough"
expect_match '^Call the network desk\.$' 'says what it has to say'
run smtpdx walk
expect_match '^  Our own$' 'and is listed'

finish
