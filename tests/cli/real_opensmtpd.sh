#!/bin/sh
#
# What OpenSMTPD's queue lists is understood.
#
# too slow for valgrind; sanitizers watch it

. "${0%/*}/lib.sh"
. "${0%/*}/../real/lib.sh"

queued() { real_do smtpctl show queue | grep -q '127.0.0.9'; }

real_start opensmtpd
run real_net "$SMTPDX" check 127.0.0.1:25 --only smtp --json
expect_fact smtp.server.software '^opensmtpd$' 'it is recognised'
real_do sh -c 'ln -sf smtpctl /usr/sbin/sendmail && printf "Subject: x\n\nx\n" | /usr/sbin/sendmail -f a@example.test b@[127.0.0.9]'
expect 'a message waits' soon queued
real_do smtpctl show queue >queue.txt
run "$SMTPDX" explain --json queue.txt
expect_fact queue.messages '^1$' 'what its queue lists is seen'
expect_fact queue.recipients '^1$' 'with the recipient'
expect_fact log.lines.skipped '^0$' 'every line is understood'
run real_look check 127.0.0.1:25 --only queue --json
expect_fact queue.messages '^1$' 'the check lists the same by itself'
real_stop
finish
