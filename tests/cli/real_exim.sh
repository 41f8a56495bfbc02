#!/bin/sh
#
# A stock Exim is healthy, and nothing is delivered.
#
# too slow for valgrind; sanitizers watch it

. "${0%/*}/lib.sh"
. "${0%/*}/../real/lib.sh"

real_start exim smtp_accept_max_per_host=3
run real_net "$SMTPDX" check 127.0.0.1:25 --only smtp --json
expect_status 0 'a stock Exim: nothing is wrong'
expect_cause healthy 'a stock Exim is healthy'
expect_fact smtp.outcome '^complete$' 'the session went through to the body'
expect_fact smtp.server.software '^exim$' 'it is recognised'
expect_fact smtp.server.version '^4\.' 'so is its version'
expect_fact smtp.body.outcome '^accepted$' 'the body was acknowledged'
run real_do exim4 -bpc
expect_out 0 'nothing was queued'

run real_net "$SMTPDX" check 127.0.0.1:25 --only limit --max 8 --yes --json
expect_fact limit.connections '^3$' 'smtp_accept_max_per_host=3: three sessions at a time'
expect_fact limit.reply.code '^421$' 'and a 421 for the fourth'
expect_cause too-many-connections-per-client 'the reply is known'

real_do sh -c 'echo x | exim4 -odq -f a@example.test b@example.org c@example.org; exim4 -bp' >queue.txt
run "$SMTPDX" explain --json queue.txt
expect_fact queue.messages '^1$' 'what its queue lists is seen'
expect_fact queue.recipients '^2$' 'with the recipients'
expect_fact log.lines.skipped '^0$' 'every line is understood'
run real_look check 127.0.0.1:25 --only queue --json
expect_fact queue.recipients '^2$' 'the check lists the same by itself'
real_stop
finish
