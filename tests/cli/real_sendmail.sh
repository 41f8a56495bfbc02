#!/bin/sh
#
# A stock Sendmail is healthy, and nothing is delivered.

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
real_stop
finish
