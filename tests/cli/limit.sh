#!/bin/sh
# The limit check: how many sessions at a time, one after the other, what one takes, and whether a 421 lasts; always with consent.
#
# too slow for valgrind; sanitizers watch it
. "${0%/*}/lib.sh"

first_cause() { tr -d '\n' <out | sed -n 's/.*"diagnosis": *\[ *{ *"cause": *"\([^"]*\)".*/\1/p'; }

expect_cause() { # CAUSE WHAT
	if [ "$(first_cause)" = "$1" ]; then ok "$2"; else not_ok "$2"; echo "# found $(first_cause)"; fi
}

expect_fact() { # NAME VALUE WHAT: the first of that name, as JSON writes the value
	value=$(tr -d '\n' <out | grep -o "{[^{}]*\"name\": *\"$1\"[^{}]*}" | sed 's/.*"value": *\("[^"]*"\|[^,}]*\).*/\1/' | head -n 1)
	if [ "$value" = "$2" ]; then ok "$3"; else not_ok "$3"; echo "# $1 is $value, expected $2"; fi
}

serve() { # RULE...: a server with these rules
	{
		printf 'title: limits\ntarget: 127.0.0.2:{port}\nsmtp 127.0.0.2\n'
		printf '  %s\n' "$@"
	} >limits.demo
	demo_stop
	demo_start ./limits.demo
}

check() { # OPTION...: leaves the case in out
	run smtpdx check "$demo_target" --only limit --json "$@"
}

# --- consent

serve
run smtpdx check "$demo_target" --only limit
expect_status 2 'without consent nobody opens many sessions'
expect_err_match 'needs --yes' 'and says what is missing'
run smtpdx check "$demo_target" --patience --skip dns
expect_status 2 'its options ask for it too'
run smtpdx probe limit "$demo_target"
expect_status 3 'nor does a worker'
expect_match 'not-tested.*--only limit --yes' 'which says what would test it'
for count in 0 101 1x -5 99999999999; do
	run smtpdx check "$demo_target" --only limit --yes --max "$count"
	expect_status 2 "--max $count is refused"
done
run smtpdx check "$demo_target" --skip mtu --json
expect_no_match '"limit' 'a check without these words has no part of it'

# --- at the same time

check --yes
expect_status 0 'a server without a limit is healthy'
expect_cause healthy 'and called so'
expect_fact limit.outcome '"all-taken"' 'all sessions were taken'
expect_fact limit.connections 20 'twenty of them'
check --yes --max 63
expect_fact limit.connections 63 '--max asks for more'

serve 'limit connections 5 reply "421 4.7.0 {host} Error: too many connections from {client}" close'
check --yes
expect_status 1 'a limit is trouble'
expect_cause too-many-connections-per-client 'it is the number of sessions'
expect_fact limit.connections 5 'five at a time are taken'
expect_fact limit.refused 6 'the sixth is not'
expect_fact limit.reply.class '"too-many-connections"' 'the reply is understood'
expect_match '"#?session 6, while 5 others are open|session 6, while 5' 'the dialog shows it'

if [ -z "$SMTPDX_SLOW" ]; then
	serve 'limit connections 3 silent'
	check --yes --timeout 9
	expect_fact limit.outcome '"silent"' 'no greeting although the others had theirs'
	expect_fact limit.refused 4 'for the fourth'
	expect_cause process-limit 'that is a server without free processes'
fi

serve 'limit connections 2 reset'
check --yes
expect_fact limit.outcome '"closed"' 'a reset is told apart'

# --- one after the other

serve 'banner first 9 reply "220 {host} ESMTP Postfix"' \
	'banner reply "421 4.7.0 {host} Error: too many connections from {client}" close'
check --yes --max 6 --rate
expect_fact limit.outcome '"all-taken"' 'six at a time are taken'
expect_fact limit.rate.connections 3 'then three one after the other'
expect_fact limit.rate.total 10 'the tenth connection is too much'
expect_cause rate-limit 'that is a limit on connections in a while'

# --- messages and recipients of one session

serve 'mail first 5 reply "250 2.1.0 Ok"' 'mail reply "421 {host}: too many messages in this connection" close'
check --yes --max 8 --messages
expect_fact limit.session.messages 5 'a session takes five messages'
expect_fact limit.session.of '"messages"' 'it is their number that ends it'
expect_fact limit.session.outcome '"refused"' 'with a reply'
expect_cause session-limit 'that is a limit on a session'
expect_match 'too many messages in this connection' 'the dialog shows it'

serve 'rcpt first 7 reply "250 2.1.5 Ok"' 'rcpt reply "452 4.5.3 Error: too many recipients"'
check --yes --max 4 --messages
expect_fact limit.session.messages 4 'four messages are taken'
expect_fact limit.session.recipients 3 'and three recipients of the next one'
expect_cause session-limit 'that is a limit on a session, too'

serve
check --yes --max 20 --messages
expect_fact limit.session.messages 9 'no more messages than every server bears to be taken back'
expect_fact limit.session.recipients 20 'as many recipients as --max says'
expect_fact limit.session.outcome '"all-taken"' 'all were taken'
expect_cause healthy 'and that is healthy'

# --- whether it lasts

serve 'banner first 2 reply "421 4.3.2 {host} Service not available" close'
check --yes --patience --patience-first 0.05
expect_fact limit.retry.outcome '"transient"' 'a 421 that goes away is transient'
expect_fact limit.retry.tries 2 'by the second try'

serve 'banner reply "421 4.3.2 {host} Service not available" close'
check --yes --patience --patience-first 0.02
expect_fact limit.retry.outcome '"lasting"' 'one that stays is lasting'
expect_fact limit.retry.tries 5 'after five tries'
run smtpdx probe limit "$demo_target" --yes --patience --patience-first 0.02
expect_match 'waiting before try 5 of 5' 'the wait is told while it runs'

serve 'limit connections 4 reply "450 4.7.1 {host} try later" close'
check --yes --patience --patience-first 0.02
expect_no_match 'limit.retry' 'only a 421 is tried again'

# --- after the other checks of an endpoint, never beside them

serve 'limit connections 1 reply "421 4.7.0 {host} Error: too many connections from {client}" close'
run smtpdx check "$demo_target" --only smtp,limit --max 3 --yes --json
expect_fact smtp.outcome '"complete"' 'the session of the smtp check stands alone'
expect_fact limit.connections 1 'the limit check comes behind it'

# --- hostile replies

# shellcheck disable=SC2016 # nothing is to be expanded
serve 'limit connections 1 reply "421 \x1b[2J$(reboot) `reboot` {client}" close'
run smtpdx check "$demo_target" --only limit --yes
expect_no_match "$(printf '\033')" 'escape sequences in a reply do not come through'
expect_no_match '^ *(postconf|echo).*reboot' 'and words of it enter no command'
finish
