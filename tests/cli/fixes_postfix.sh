#!/bin/sh
#
# Every fix for Postfix does what it says, on a Postfix: it works, it can be verified, and it can be undone without a
# trace. Causes from A to N: fixes_postfix_oz.sh has the others.
#
# once: what it tries are commands, by programs of others

. "${0%/*}/lib.sh"
. "${0%/*}/../real/lib.sh"
. "${0%/*}/../real/fixes.sh"

real_start postfix
fixes_prepare
real_do sh -c 'mkdir -p /var/spool/postfix/etc && echo nameserver 192.0.2.53 >/var/spool/postfix/etc/resolv.conf'
files='/etc/postfix /var/spool/postfix/etc'

fixes_try 'as it was installed' '[a-n]*' postfix "$files" 'dns.self.ptr.status@self [192.0.2.9]=ok'
real_stop
finish
