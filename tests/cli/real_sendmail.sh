#!/bin/sh
#
# A stock Sendmail is healthy, and nothing is delivered.
#
# too slow for valgrind; sanitizers watch it

. "${0%/*}/lib.sh"
. "${0%/*}/../real/lib.sh"

real_start sendmail
run real_net "$SMTPDX" check 127.0.0.1:25 --only smtp --json
expect_status 0 'a stock Sendmail: nothing is wrong'
expect_cause healthy 'a stock Sendmail is healthy'
expect_fact smtp.outcome '^complete$' 'the session went through to the body'
expect_fact smtp.server.software '^sendmail$' 'it is recognised'
expect_fact smtp.server.version '^8\.' 'so is its version'
expect_fact smtp.body.outcome '^accepted$' 'the body was acknowledged'
expect 'nothing was queued' real_do sh -c '! ls /var/spool/mqueue | grep -q ^qf'

real_do sh -c 'echo x | /usr/libexec/sendmail/sendmail -odq -f a@example.test b@[127.0.0.9]; /usr/libexec/sendmail/sendmail -bp' \
	>queue.txt 2>/dev/null
real_do sh -c '/usr/libexec/sendmail/sendmail -bp -v' >queue-v.txt 2>/dev/null
for listing in queue.txt queue-v.txt; do
	run "$SMTPDX" explain --json $listing
	expect_fact queue.messages '^1$' "$listing: the message is seen"
	expect_fact queue.recipients '^1$' 'with its recipient'
	expect_fact log.lines.skipped '^0$' 'every line is understood'
done
real_stop
finish
