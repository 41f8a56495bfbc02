#!/bin/sh
# smtpdx explain on whole logs: the classic cases inside a large healthy log, healthy logs, rotated files, bad input.
. "${0%/*}/lib.sh"

cause() { # NUMBER: of the diagnosis of the last run, best first
	tr -d '\n' <out | grep -o '"cause": *"[a-z-]*"' | sed -n "$1s/.*\"\\([a-z-]*\\)\"/\\1/p"
}

expect_cause() { # CAUSE WHAT: comes first
	if [ "$(cause 1)" = "$1" ]; then
		ok "$2"
	else
		not_ok "$2"
		echo "# first is $(cause 1), then $(cause 2) and $(cause 3)"
	fi
}

expect_fact() { # NAME VALUE WHAT: about the whole log, as JSON writes the value
	value=$(tr -d '\n' <out | grep -o "{[^{}]*\"name\": *\"$1\"[^{}]*}" | sed 's/.*"value": *\("[^"]*"\|[^,}]*\).*/\1/' | head -n 1)
	if [ "$value" = "$2" ]; then ok "$3"; else not_ok "$3"; echo "# $1 is $value, expected $2"; fi
}

# A day of a small relay: FIRST SECOND, LAST SECOND; every session brings a message that is sent on.
healthy() {
	awk -v from="$1" -v to="$2" 'BEGIN {
		for (t = from; t < to; t += 20) {
			s = sprintf("Mar  1 %02d:%02d:%02d mx postfix/", t / 3600, t / 60 % 60, t % 60)
			peer = t / 20 % 50; id = sprintf("%010X", t * 16)
			client = "mail" peer ".example.net[198.51.100." peer "]"
			print s "smtpd[" 100 + peer "]: connect from " client
			print s "smtpd[" 100 + peer "]: " id ": client=" client
			print s "cleanup[300]: " id ": message-id=<" t "@example.net>"
			print s "qmgr[1]: " id ": from=<a@example.net>, size=" 2000 + t * 37 % 40000 ", nrcpt=1 (queue active)"
			print s "smtpd[" 100 + peer "]: disconnect from " client " ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5"
			print s "smtp[400]: " id ": to=<b@example.org>, relay=mx.example.org[192.0.2.25]:25, delay=0.5, delays=0.1/0/0.2/0.2, dsn=2.0.0, status=sent (250 2.0.0 Ok)"
			print s "qmgr[1]: " id ": removed"
		}
	}'
}

healthy 0 40000 >healthy.log

# --- nothing wrong

run smtpdx explain --json healthy.log
expect_status 0 'a healthy log is no trouble'
expect_cause healthy 'and called healthy'
expect_fact log.sessions 2000 'its sessions are counted'
expect_fact log.sent 2000 'and its deliveries'
expect_fact log.troubles 0 'there are no troubles'
expect_fact log.servers '"postfix: 14000 lines"' 'the server is known by its lines'
expect_fact log.lines.skipped 0 'every line is understood'

{
	cat healthy.log
	echo 'Mar  1 22:20:00 mx postfix/smtp[401]: ABCDEF0123: to=<c@example.com>, relay=mx.example.com[192.0.2.26]:25, delay=1, delays=0/0/1/0, dsn=4.2.0, status=deferred (host mx.example.com[192.0.2.26] said: 450 4.2.0 Greylisted (in reply to RCPT TO command))'
	echo 'Mar  1 22:30:00 mx postfix/smtp[401]: ABCDEF0123: to=<c@example.com>, relay=mx.example.com[192.0.2.26]:25, delay=601, delays=600/0/1/0, dsn=2.0.0, status=sent (250 Ok)'
} >one.log
run smtpdx explain --json one.log
expect_status 0 'one temporary refusal in a long log is healthy'
expect_cause healthy 'and called so'

# --- the client waits too long: it stalls before the first byte, though it delivers large messages at other times

{
	cat healthy.log
	for minute in 10 20 30 40; do
		echo "Mar  1 22:${minute}:00 mx postfix/smtpd[900]: connect from unknown[203.0.113.9]"
		echo "Mar  1 22:${minute}:01 mx postfix/smtpd[900]: BB${minute}01: client=unknown[203.0.113.9]"
		echo "Mar  1 22:$((minute + 1)):01 mx postfix/smtpd[900]: timeout after DATA (0 bytes) from unknown[203.0.113.9]"
		echo "Mar  1 22:$((minute + 1)):01 mx postfix/smtpd[900]: disconnect from unknown[203.0.113.9] ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4"
		echo "Mar  1 22:$((minute + 2)):00 mx postfix/smtpd[900]: connect from unknown[203.0.113.9]"
		echo "Mar  1 22:$((minute + 2)):01 mx postfix/smtpd[900]: CC${minute}01: client=unknown[203.0.113.9]"
		echo "Mar  1 22:$((minute + 2)):01 mx postfix/qmgr[1]: CC${minute}01: from=<a@b>, size=90000, nrcpt=1 (queue active)"
		echo "Mar  1 22:$((minute + 2)):02 mx postfix/smtpd[900]: disconnect from unknown[203.0.113.9] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5"
	done
} >slow.log
run smtpdx explain --json slow.log
expect_status 1 'a stalling client is trouble'
expect_cause client-slow 'a client that stalls and at other times delivers large messages is slow'
expect_fact log.scope '"one-peer"' 'one peer is hit'
expect_fact log.timer 60 'the timer that fired is known from the time that passed'
expect_fact log.timer.setting '"smtpd_timeout"' 'by its name'
expect_fact log.timer.state '"short"' 'it is below its default'
expect_fact log.body.empty 4 'all stalls came before the first byte'
expect_in out 'server-idle-timeout-too-short' 'that the server is impatient is among the candidates'
run smtpdx explain slow.log
expect_in out 'The log over time' 'the report has a histogram'
expect_in out '\[203\.0\.113\.9\] +4 ' 'and the peers in trouble as bars'
expect_in out 'tcpdump' 'and names the test that decides'

# --- the path MTU black hole: large messages time out in the body, small ones to the same host pass

{
	cat healthy.log
	for minute in 10 20 30 40 50; do
		for size in 1000 1800 90000; do
			echo "Mar  1 22:${minute}:01 mx postfix/qmgr[1]: DD${minute}${size}: from=<a@b>, size=${size}, nrcpt=1 (queue active)"
		done
		for size in 1000 1800; do
			echo "Mar  1 22:${minute}:02 mx postfix/smtp[500]: DD${minute}${size}: to=<b@example.com>, relay=mail.example.com[192.0.2.99]:25, delay=1, delays=0/0/0.5/0.5, dsn=2.0.0, status=sent (250 Ok)"
		done
		echo "Mar  1 22:$((minute + 3)):02 mx postfix/smtp[501]: DD${minute}90000: to=<b@example.com>, relay=mail.example.com[192.0.2.99]:25, delay=181, delays=0/0/0.5/180, dsn=4.4.2, status=deferred (conversation with mail.example.com[192.0.2.99] timed out while sending message body)"
	done
} >hole.log
run smtpdx explain --json hole.log
expect_cause pmtu-blackhole 'when only large messages fail in the body, large packets vanish'
expect_fact log.timer 180 'the sender gave up after its own timer'
expect_fact log.timer.setting '"smtp_data_xfer_timeout"' 'by its name'
expect_fact log.size.failed 90000 'the failed messages are large'
expect_fact log.size.delivered.largest 1800 'the delivered ones are small'

# --- the server is out of room for one client

{
	cat healthy.log
	for second in 10 11 12 13 14 15; do
		echo "Mar  1 22:30:${second} mx postfix/smtpd[901]: connect from bulk.example.net[203.0.113.77]"
		echo "Mar  1 22:30:${second} mx postfix/smtpd[901]: warning: Connection concurrency limit exceeded: 51 from bulk.example.net[203.0.113.77] for service smtp"
		echo "Mar  1 22:30:${second} mx postfix/smtpd[901]: disconnect from bulk.example.net[203.0.113.77] commands=0/0"
	done
} >many.log
run smtpdx explain --json many.log
expect_cause too-many-connections-per-client 'too many connections of one client are told by its log'
expect_fact log.concurrency 51 'with their number'
expect_fact log.concurrency.peer '"203.0.113.77"' 'and the client'

# --- bots, and nothing else

awk 'BEGIN {
	for (t = 0; t < 3000; t += 5) {
		s = sprintf("Mar  1 %02d:%02d:%02d mx postfix/smtpd[", t / 3600, t / 60 % 60, t % 60)
		peer = "unknown[203.0.113." t % 200 "]"
		print s "7]: connect from " peer
		print s "7]: lost connection after " (t % 2 ? "AUTH" : "EHLO") " from " peer
		print s "7]: disconnect from " peer " ehlo=1 auth=0/1 commands=1/2"
	}
}' >bots.log
run smtpdx explain --json bots.log
expect_cause scanner-noise 'bots are noise'
expect_fact log.noise 600 'and counted'

# --- rotated files in any order are one log

gzip -c <slow.log >slow.log.1.gz
head -n 7000 slow.log | gzip -c >part.log.2.gz
tail -n +7001 slow.log | head -n 7000 >part.log.1
tail -n +14001 slow.log >part.log
run smtpdx explain --json part.log part.log.1 part.log.2.gz
expect_cause client-slow 'a log in three parts, newest first and one of them packed, is one log'
expect_fact log.sessions 2008 'with all its sessions'
run smtpdx explain --json slow.log.1.gz
expect_fact log.sessions 2008 'gzip is read as it is'

{ read -r _ && "$SMTPDX" explain --json - >out 2>err; } <healthy.log
expect_fact log.sessions 1999 'standard input is read from where somebody has left it'
expect_fact log.input.fault '' 'to its end'

# --- options

touch -d '2026-03-02 00:00:00 UTC' slow.log # the year that its stamps lack
run smtpdx explain --json --since '2026-03-01 22:15' --until '2026-03-01 22:35' slow.log
expect_fact log.body.empty 2 'a part of the day'
run smtpdx explain --json --since 2026-03-02 slow.log
expect_fact log.troubles 0 'another day'
run smtpdx explain --json --peer 198.51.100.7 slow.log
expect_fact log.sessions 40 'one peer of many'
expect_fact log.troubles 0 'who is well'
run smtpdx explain --json --queue-id CC1001 slow.log
expect_fact log.troubles 0 'one message'
run smtpdx explain --since tomorrow slow.log
expect_status 2 'what is no moment is refused'
expect_in err 'tomorrow' 'by name'

# --- bad input

run smtpdx explain --json "$folder"
expect_status 3 'a folder cannot be read'
expect_in err 'Is a directory' 'and that is said'
run smtpdx explain --json nowhere.log
expect_in err 'nowhere.log: No such file or directory' 'nor can a file that is not there'
head -c 9000 slow.log.1.gz >cut.gz
run smtpdx explain --json cut.gz
expect_fact log.input.fault '"cut.gz: the gzip file ends in the middle"' 'a cut gzip file is read as far as it goes'
expect_in out '"log.sessions"' 'and what it holds counts'
{
	head -n 700 healthy.log
	head -c 3000000 /dev/zero | tr '\0' x
	echo
	tail -n 700 healthy.log
} >long.log
run smtpdx explain --json long.log
expect_fact log.lines.cut 1 'a line without end is cut'
expect_fact log.bytes.skipped 2934464 'what was skipped is said'
expect_fact log.sessions 200 'and the lines around it count'
{
	head -n 700 healthy.log
	printf '\377\376\000\001\033[31m postfix/smtpd[1]: \377\n'
	tail -n 700 healthy.log
} >binary.log
run smtpdx explain --json binary.log
expect_fact log.sessions 200 'binary bytes in between do no harm'
expect_in out 'binary data' 'and are told'
printf '\3757zXZ\000' >packed.xz
run smtpdx explain --json packed.xz
expect_in out 'packed with xz' 'other packers are named'

finish
