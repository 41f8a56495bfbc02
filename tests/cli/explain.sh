#!/bin/sh
# smtpdx explain: files of any kind, standard input, several at once, and what cannot be read.
. "${0%/*}/lib.sh"

# --- single lines: who said it, when, what it means, what governs it, where that is read and changed

echo 'Nov 21 10:00:00 mx postfix/smtpd[99]: timeout after DATA (0 bytes) from unknown[203.0.113.5]' >line.log
run smtpdx explain line.log
expect_status 1 'trouble was found'
expect_match '^What the lines say$' 'lines are explained'
expect_match 'postfix, phase body: the server said 354' 'who said it, when, and what it means'
expect_match 'Governed by smtpd_timeout' 'what governs it'
expect_match 'postconf smtpd_timeout' 'where it is read'
expect_match "postconf -e 'smtpd_timeout" 'where it is changed'
expect_match 'tcpdump' 'the test that decides between a slow client and a black hole is named'
run smtpdx explain --json line.log
expect_match '"cause": "client-slow"' 'a slow client is among the candidates'
expect_match '"cause": "pmtu-blackhole"' 'so is a black hole: one such line does not decide'

# --- what is read is not written over

cp line.log precious.log
for options in '-o precious.log' '--case ./precious.log'; do
	# shellcheck disable=SC2086 # several words
	run smtpdx explain precious.log $options
	expect_status 2 "$options on the evidence"
	expect_err_match '^smtpdx: precious\.log: would be lost' 'is refused'
	expect 'and it is still there' cmp line.log precious.log
done
run smtpdx explain line.log --log precious.log -o precious.log
expect_status 2 'so is it when it came by an option'
run smtpdx explain line.log -o both --case both
expect_err_match '^smtpdx: both: -o and --case cannot both write there' 'nor do report and case write over each other'
run smtpdx explain line.log --json -o grows.json
run smtpdx explain grows.json line.log --case grows.json
expect_status 1 'a case may be written over by what it has grown to be'
run smtpdx report grows.json -o grows.json
expect_status 2 'but not by a report of it'
run smtpdx report --json grows.json
expect_status 1 'so it is still one'
run smtpdx explain line.log -o nowhere/report
expect_status 3 'a report that cannot be written'
expect_err_match '^smtpdx: nowhere/report: ' 'is told'
expect_empty out 'before anything is read'

# --- beside a live run

echo postconf >postconf.txt
run smtpdx check 127.0.0.1:1 --only smtp --log line.log --config postconf.txt --log nowhere.log --json
expect_err_match '^smtpdx: nowhere\.log: No such file' 'evidence that cannot be read is named'
expect_match '"name": "log.troubles"' 'evidence that is given is read, whatever --only says of the target'
expect_match '"check": "config"' 'and so is a configuration'
run smtpdx check 127.0.0.1:1 --only smtp --skip log --log line.log --json
expect_no_match '"check": "log"' 'but not what is to be skipped'

# --- standard input

printf '%s\n' '421 4.7.0 mx.example.com Error: too many connections from 192.0.2.1' >reply
"$SMTPDX" explain --json - <reply >out 2>err
status=$? ran='smtpdx explain -'
expect_status 1 'a pasted reply is explained'
expect_match '"cause": "too-many-connections-per-client"' 'by its own words'
sed -n p reply | "$SMTPDX" explain --json - >out 2>err
expect_match '"target": "standard input"' 'a pipe is read as well'
expect_match '"value": "too-many-connections"' 'to its end'
run smtpdx explain - -
expect_status 2 'standard input cannot be read twice'
sed -n p reply | "$SMTPDX" explain --json /dev/stdin >out 2>err
expect_match '"target": "standard input"' 'its other name is understood'
expect_match '"value": "too-many-connections"' 'and so it is read as well'

# A pipe with a name, as <(...) is in bash: nothing may be taken from it by a mere look, or be lost.
mkfifo pipe
cat reply reply reply >pipe &
writer=$!
run smtpdx explain --json pipe
grep -A1 '"log.lines"' "$folder/out" >counted
expect 'all lines of a pipe are read, once' grep -q '"value": 3' counted
wait "$writer"
run smtpdx explain reply pipe -
expect_status 2 'two of them are not'

# --- several files are one case

echo 'smtpd_timeout = 10s' >main.cf
echo '421 4.4.2 mx Error: timeout exceeded' >error.txt
run smtpdx explain --json main.cf error.txt
expect_match '"name": "config.server-timeout"' 'the configuration counts'
expect_match '"value": "idle-timeout"' 'and so does the reply'
expect_match '"target": "./main.cf and 1 more"' 'in one case'

# --- lines that nobody knows are counted, and the first is shown

printf '%s\n' 'the quick brown fox' '421 4.4.2 mx Error: timeout exceeded' 'jumps over' >mixed
run smtpdx explain --json mixed
expect_match '"value": "the quick brown fox"' 'the first line that was not understood'
grep -A1 '"log.lines.skipped"' "$folder/out" >skipped
expect '2 lines were skipped, and that is said' grep -q '"value": 2' skipped

# --- what cannot be read

run smtpdx explain
expect_status 2 'no file: usage'
run smtpdx explain nowhere.log
expect_status 3 'a file that is not there'
expect_err_match '^smtpdx: nowhere\.log: No such file or directory$' 'is named, with the reason'
mkdir folder
run smtpdx explain folder
expect_status 3 'a directory'
expect_err_match '^smtpdx: folder: Is a directory$' 'is named, with the reason'
run smtpdx explain --json folder error.txt
expect_status 1 'what can be read is explained all the same'
expect_match '"error": "folder: Is a directory"' 'and the report says what could not'
if [ "$(id -u)" != 0 ]; then
	: >secret.log
	chmod 0 secret.log
	run smtpdx explain secret.log
	expect_err_match '^smtpdx: secret\.log: Permission denied$' 'no permission'
fi

# --- hostile content

: >empty
run smtpdx explain empty
expect_status 3 'an empty file says nothing'
head -c 300000 /dev/zero >zeros
run smtpdx explain --json zeros
expect_match '"diagnosis"' 'NUL bytes are no crash'
{ head -c 3000000 /dev/zero | tr '\0' 'x' && printf '\n421 4.4.2 mx Error: timeout exceeded\n'; } >long
run smtpdx explain --json long
expect_match '"value": "idle-timeout"' 'a line without end does not hide the next one'
printf '421 4.4.2 \033[2J\377\376 Error: timeout exceeded\n' >escape
run smtpdx explain escape
expect_match 'x1b' 'escape sequences are shown, not sent to the terminal'
expect_no_match "$(printf '\033')" 'none comes through'
printf '%s\n' "421 4.7.0 mx Error: too many connections from \$(touch pwned)" >shell
run smtpdx explain shell
expect 'nothing is run' test ! -e pwned

# --- a saved case is read again, and added to

run smtpdx explain --case saved.json error.txt
run smtpdx explain --json saved.json
expect_match '"value": "idle-timeout"' 'a case is explained again'
run smtpdx explain --json saved.json main.cf
expect_match '"name": "config.server-timeout"' 'and takes more evidence'
finish
