#!/bin/sh
#
# Every fix for OpenSMTPD does what it says, on an OpenSMTPD.
#
# once: what it tries are commands, by programs of others

. "${0%/*}/lib.sh"
. "${0%/*}/../real/lib.sh"
. "${0%/*}/../real/fixes.sh"

real_start opensmtpd
fixes_prepare
fixes_try 'as it was installed' '*' opensmtpd /etc/smtpd.conf
real_do sed -i '1i smtp max-message-size 1000000' /etc/smtpd.conf
fixes_try 'set before' size-limit opensmtpd /etc/smtpd.conf config.message-limit=1000000
real_stop
finish
