#!/bin/sh
#
# What the config check reads of a real OpenSMTPD is what it does. Its timers are compiled in and cannot be scaled down;
# how many recipients it takes can.
#
# once: it measures, and what it runs is run in other tests, too

. "${0%/*}/lib.sh"
. "${0%/*}/../real/lib.sh"

real_start opensmtpd 'listen on 0.0.0.0' 'smtp limit max-rcpt 3' 'smtp limit max-mails 7' 'smtp max-message-size 2M'
run real_look check 127.0.0.1:25 --only smtp,config --json
expect_service 'opensmtpd server' config.server-timeout 300 'the patience that is compiled in'
expect_service 'opensmtpd server' config.server-timeout.origin built-in 'is told as such'
expect_service 'opensmtpd server' config.session-limit 7 'smtp limit max-mails is read'
expect_service 'opensmtpd server' config.recipient-limit 3 'smtp limit max-rcpt is read'
expect_service 'opensmtpd server' config.message-limit 2097152 'smtp max-message-size is read'
expect_fact smtp.size.limit '^2097152$' 'which is what it announces'
real_net python3 - >taken <<'END'
import smtplib
session = smtplib.SMTP("127.0.0.1", 25, "client.example.test", timeout=20)
session.ehlo()
session.mail("a@example.test")
taken = 0
while taken < 10 and session.rcpt("root@example.test")[0] == 250:
    taken += 1
session.rset()
session.quit()
print(taken)
END
run cat taken
expect_out 3 'and so many recipients it takes'
real_stop
finish
