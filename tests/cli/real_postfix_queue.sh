#!/bin/sh
#
# Postfix' limit on connections is found, and matched with its configuration; what its queue lists is understood; and a
# stock Postfix seen from its own machine, resources, queue and all, is healthy.
#
# too slow for valgrind; sanitizers watch it

. "${0%/*}/lib.sh"
. "${0%/*}/../real/lib.sh"

real_start postfix smtpd_client_connection_count_limit=3 smtpd_client_event_limit_exceptions=
run real_look check 127.0.0.1:25 --skip mtu --json
expect_fact smtp.outcome '^complete$' 'from its own machine it works'
expect_fact host.queue.path '^/var/spool/postfix$' 'the queue is found'
expect_fact queue.messages '^0$' 'which is empty'
expect_fact config.connection-limit '^3$' 'its configuration is read'
expect_cause healthy 'all in all it is healthy'

# The limit that is set is the limit that is found.
run real_look check 127.0.0.1:25 --only limit,config --max 8 --yes --json
expect_fact limit.connections '^3$' 'smtpd_client_connection_count_limit=3: three sessions at a time'
expect_fact limit.refused '^4$' 'and no fourth'
expect_fact limit.configured '^3$' 'that is what its configuration says'
expect_fact limit.match '^True$' 'the two match'
expect_cause too-many-connections-per-client 'the reply is known'

# Mail that nobody takes, as the queue lists it in both forms.
real_do sh -c 'echo x | sendmail -f a@example.test b@example.org && sleep 1 && postqueue -p' >queue.txt
real_do postqueue -j >queue.json
for listing in queue.txt queue.json; do
	run "$SMTPDX" explain --json $listing
	expect_fact queue.messages '^1$' "$listing: the message is seen"
	expect_fact queue.count.dns '^1$' 'and why it waits'
	expect_fact queue.example '^Host or domain name not found' 'in its words'
	expect_fact log.lines.skipped '^0$' 'every line is understood'
done
run real_look check 127.0.0.1:25 --only queue --json
expect_fact queue.count.dns '^1$' 'the check lists the same by itself'
real_stop
finish
