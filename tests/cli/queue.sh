#!/bin/sh
# Mail queues: the check of this machine's own, with programs that fail or hang, and listings that smtpdx explain reads.
#
# too slow for valgrind; test_queue reads the same listings there
. "${0%/*}/lib.sh"

expect_fact() { # NAME VALUE WHAT: the first of that name, as JSON writes the value
	value=$(tr -d '\n' <out | grep -o "{[^{}]*\"name\": *\"$1\"[^{}]*}" | sed 's/.*"value": *\("[^"]*"\|[^,}]*\).*/\1/' | head -n 1)
	if [ "$value" = "$2" ]; then ok "$3"; else not_ok "$3"; echo "# $1 is $value, expected $2"; fi
}

first_cause() { tr -d '\n' <out | grep -o '"cause": *"[a-z-]*"' | head -n 1 | sed 's/.*"\([a-z-]*\)"/\1/'; }

# A listing of so many messages to so many domains, each put off for that reason.
listing() { # MESSAGES DOMAINS REASON
	awk -v messages="$1" -v domains="$2" -v reason="$3" 'BEGIN {
		print "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------"
		for (i = 0; i < messages; i++) {
			printf "%08X     2000 Sun Nov 22 04:%02d:00  a@example.com\n(%s)\n", 1048576 + i, i % 60, reason
			printf "                                         u%d@d%d.example\n\n", i, i % domains
		}
		printf "-- %d Kbytes in %d Requests.\n", messages * 2, messages
	}'
}

# --- this machine's queue

fake postqueue <<'END'
[ "$1" = -j ] || exit 1
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	printf '{"queue_name": "deferred", "queue_id": "3290E1B%d", "arrival_time": %d, "message_size": 2000, ' $i "$(date +%s)"
	printf '"sender": "a@example.com", "recipients": [{"address": "b@d%d.example", "delay_reason": ' $i
	printf '"connect to mx%d.example[192.0.2.%d]:25: Connection timed out"}]}\n' $i $i
done
END
run smtpdx probe queue example.com
expect_status 0 'the queue of this machine is read'
expect_match '"queue.messages".*12' 'its messages are counted'
expect_match '"queue.scope".*many' 'they go to many places'
expect_match '"subject": *"self"' 'the facts are about this machine'

run smtpdx check example.invalid --only queue --json
expect_fact queue.count.connect-timeout 12 'check --only queue tells the reasons'
expect 'nothing else is measured' [ "$(grep -c '"check": "dns"' out)" = 0 ]
run smtpdx check example.invalid --only queue
expect_match '^The mail queue' 'the report has a section about it'
expect_match 'd12\.example +1 ' 'with the destinations'

fake postqueue <<'END'
[ "$1" = -p ] || { echo 'postqueue: invalid option' >&2; exit 1; }
echo 'Mail queue is empty'
END
run smtpdx check example.invalid --only queue --json
expect_fact queue.messages 0 'an older Postfix without -j is asked with -p'

fake postqueue </dev/null
run smtpdx check example.invalid --only queue --json
expect_fact queue.messages 0 'postqueue -j says nothing about an empty queue'

fake postqueue <<'END'
echo '{"queue_name": "deferred", "queue_id": "3290E1B", "recipients": [{"address": "b@d.example"}]}'
echo 'postqueue: fatal: Queue report unavailable - mail system is down' >&2
exit 69
END
cp bin/postqueue bin/mailq
run smtpdx check example.invalid --only queue
expect_status 3 'a queue that cannot be listed is not measured'
expect_no_match 'The mail queue' 'what came before it failed does not count'
run smtpdx check example.invalid --only queue --json
expect_match 'mail system is down' 'the program says why'
expect_match 'as root this lists the queue: postqueue -j' 'and the command is named'

fake postqueue <<'END'
sleep 60
END
began=$(date +%s)
run smtpdx check example.invalid --only queue --timeout 1
expect_match 'gave no answer in time' 'a program that hangs is ended'
expect 'in time' [ $(($(date +%s) - began)) -lt 20 ]

fake postqueue <<'END'
awk 'BEGIN {
	for (i = 0; i < 20000; i++)
		printf "{\"queue_name\": \"deferred\", \"queue_id\": \"X%d\", \"recipients\": [{\"address\": \"b@\033]0;x\007%d.example\", \"delay_reason\": \"%s\"}]}\n", i, i, "connect to a[192.0.2.1]:25: Connection refused \033[2J $(reboot) `reboot`"
}'
END
run smtpdx check example.invalid --only queue
expect_match 'Messages: 20000' 'a large queue is read to its end'
expect_no_match "$(printf '\033')" 'escape sequences in it do not come through'

# --- listings in files

listing 40 1 'connect to mx.example.net[192.0.2.1]:25: Connection refused' >one
run smtpdx explain --json one
expect_fact queue.scope '"one-destination"' 'one destination that refuses is seen as one'
expect 'a server that is down comes first' [ "$(first_cause)" = server-down ]

listing 400 40 'connect to mx.example.net[192.0.2.1]:25: Connection timed out' >many
run smtpdx explain --json many
expect_fact queue.messages 400 'a long listing is summed'
expect_fact queue.destinations 40 'by destination'
expect 'silence from many destinations is a blocked port' [ "$(first_cause)" = firewall-port-blocked ]
expect_fact log.lines.skipped 0 'every line of it is understood'

listing 400 40 'Host or domain name not found. Name service error for name=d.example type=MX: Host not found, try again' >dns
run smtpdx explain --json dns
expect 'look-ups that fail for many destinations are a matter of DNS' [ "$(first_cause)" = dns-failure ]

{
	echo 'Nov 22 04:00:00 mx postfix/smtpd[1]: connect from a.example[192.0.2.9]'
	cat one
	echo 'Nov 22 05:00:00 mx postfix/smtpd[1]: disconnect from a.example[192.0.2.9] ehlo=1 quit=1 commands=2'
	printf '25m  2.9K 1xUzMc-00004i-2A <a@example.com>\n          b@example.net\n\n'
} >mixed
run smtpdx explain --json mixed
expect_fact queue.messages 41 'listings of two servers amid a log are summed'
expect_fact log.sessions 1 'and the log is read too'

echo 'Mail queue is empty' >empty
run smtpdx explain --json empty
expect_fact queue.messages 0 'an empty queue is one'
run smtpdx probe queue x --file one
expect_match '"queue.messages".*40' 'the check reads saved listings too'
run smtpdx probe queue x --file bin/postqueue
expect_status 3 'a file without a listing holds nothing for it'
finish
