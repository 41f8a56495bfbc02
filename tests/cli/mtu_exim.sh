#!/bin/sh
#
# The mtu check with a real Exim behind a path that loses large packets; no mail.
#
# once: the same code as in mtu_postfix

. "${0%/*}/lib.sh"
. "${0%/*}/../real/lib.sh"
. "${0%/*}/../real/path.sh"

real_start exim
real_path_start
run real_client "$SMTPDX" check 198.51.100.2:25 --only mtu --json
expect_status 0 'a healthy path to Exim'
expect_fact mtu.full '^pass$' 'large packets reach it'

real_path_drop server 1333
run real_client "$SMTPDX" check 198.51.100.2:25 --only mtu --json
expect_cause pmtu-blackhole 'a black hole towards Exim'
expect_fact mtu.out.size '^1333$' 'its size, though it is no common one'
run real_do exim4 -bpc
expect_out 0 'nothing was queued'
expect 'nothing was taken' real_do sh -c '! grep -q " <= " /var/log/exim4/mainlog'
real_path_stop
real_stop
finish
