#!/bin/sh
#
# The mtu check with a real Postfix behind a path that loses large packets: STARTTLS, at most ten connections, no mail.
#
# too slow for valgrind; sanitizers watch it

. "${0%/*}/lib.sh"
. "${0%/*}/../real/lib.sh"
. "${0%/*}/../real/path.sh"

real_start postfix
real_path_start
target=198.51.100.2:25

run real_client "$SMTPDX" check $target --only mtu --json
expect_status 0 'a healthy path to Postfix'
expect_fact mtu.full '^pass$' 'large packets reach it'
expect_fact mtu.attempt '^full, ' 'in one connection'

real_path_drop server 1400
run real_client "$SMTPDX" check $target --skip dns --json
expect_cause pmtu-blackhole 'a black hole towards Postfix'
expect_fact smtp.tls.mode '^starttls$' 'with STARTTLS'
expect_fact mtu.out.size '^1400$' 'its size'
expect_fact mtu.connections '^[1-8]$' 'with at most two of the smtp check, no more than ten connections'

real_path_drop client 1280
run real_client "$SMTPDX" check $target --only mtu --json
expect_cause pmtu-blackhole 'a black hole towards us'
expect_fact mtu.in.full '^stall$' 'the handshake of Postfix does not come'
expect_fact mtu.in.size '^1280$' 'its size'
expect_fact mtu.full '^pass$' 'and what we send arrives'

expect 'nothing was queued' real_do sh -c 'postqueue -p | grep -q "Mail queue is empty"'
expect 'nothing was delivered' real_do sh -c '! grep -q "status=" /var/log/mail.log'
real_path_stop
real_stop
finish
