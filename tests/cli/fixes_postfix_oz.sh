#!/bin/sh
#
# Every fix for Postfix does what it says, on a Postfix: it works, it can be verified, and it can be undone without a
# trace. Causes from O to Z: fixes_postfix.sh has the others.
#
# once: what it tries are commands, by programs of others

. "${0%/*}/lib.sh"
. "${0%/*}/../real/lib.sh"
. "${0%/*}/../real/fixes.sh"

real_start postfix
fixes_prepare
files=/etc/postfix

fixes_try 'as it was installed' '[o-z]*' postfix "$files" 'dns.self.ptr.status@self [192.0.2.9]=ok'
real_stop
finish
