#!/bin/sh
#
# The mtu check with a real Sendmail behind a path that loses large packets; no mail.
#
# once: the same code as in mtu_postfix

. "${0%/*}/lib.sh"
. "${0%/*}/../real/lib.sh"
. "${0%/*}/../real/path.sh"

real_start sendmail
real_path_start
run real_client "$SMTPDX" check 198.51.100.2:25 --only mtu --json
expect_status 0 'a healthy path to Sendmail'

real_path_drop server 1280
run real_client "$SMTPDX" check 198.51.100.2:25 --only mtu --json
expect_cause pmtu-blackhole 'a black hole towards Sendmail'
expect_fact mtu.out.size '^1280$' 'its size'
expect 'nothing was queued' real_do sh -c '! ls /var/spool/mqueue | grep -q ^qf'
real_path_stop
real_stop
finish
