#!/bin/sh
#
# Fixes for a Postfix whose settings had been changed: the old values come back, whether they had been read or not, in the
# form that they had.
#
# once: what it tries are commands, by programs of others

# shellcheck disable=SC2016 # ${stress...} is Postfix's
. "${0%/*}/lib.sh"
. "${0%/*}/../real/lib.sh"
. "${0%/*}/../real/fixes.sh"

real_start postfix
fixes_prepare
files=/etc/postfix

real_do postconf -e 'smtpd_timeout = ${stress?{7}:{60}}s' 'smtpd_client_connection_count_limit = 10'
fixes_try 'set, and nobody has read it' server-idle-timeout-too-short postfix "$files"

read_it() { # FACT=VALUE...: what has been read about smtpd_timeout
	fixes_try "$what" server-idle-timeout-too-short postfix "$files" "$@" \
		config.server-timeout=60 config.server-timeout.stress=7
	grep -q 'postconf -e .smtpd_timeout = ${stress?{7}:{300}}s' report
	expect "$what: the stress form stays" test $? = 0
}
what='set, and read' setting='postfix smtp/inet: smtpd_timeout'
read_it "config.setting.origin@$setting=main.cf" "config.setting.raw@$setting=\${stress?{7}:{60}}s"
grep -qF "\"undo\": \"postconf -e 'smtpd_timeout = \${stress?{7}:{60}}s'\\npostfix reload\"" report
expect "$what: the undo names the old value" test $? = 0

fixes_try 'a limit' too-many-connections-per-client postfix "$files" config.connection-limit=10 config.process-limit=15 \
	"config.setting.origin@postfix smtp/inet: smtpd_client_connection_count_limit=main.cf" \
	"config.setting.raw@postfix smtp/inet: smtpd_client_connection_count_limit=10"
grep -qF "postconf -e smtpd_client_connection_count_limit=15" report
expect 'a limit is doubled, but never past what the server can serve' test $? = 0

real_do postconf -X smtpd_timeout
what='not set, and read'
read_it "config.setting.value@$setting=300s"
grep -qF '"undo": "postconf -X smtpd_timeout\npostfix reload"' report
expect "$what: the undo takes it out" test $? = 0

real_do postconf -P 'smtp/inet/smtpd_timeout = 20s'
fixes_try 'in master.cf' server-idle-timeout-too-short postfix "$files" config.server-timeout=20 \
	"config.setting.origin@$setting=master.cf" "config.setting.raw@$setting=20s"
grep -qF "postconf -P 'smtp/inet/smtpd_timeout = \${stress?{10}:{300}}s'" report
expect "a service's own value is changed where it stands" test $? = 0

# From the trouble to the fix in one go: what is read on the machine is what the undo brings back.
real_do sh -c 'postconf -PX smtp/inet/smtpd_timeout && postconf -e smtpd_timeout=2s && postfix reload'
sleep 1
real_do env -u XDG_CONFIG_HOME smtpdx check 127.0.0.1:25 --only smtp,config --idle data --yes --json >case.json 2>/dev/null
python3 -c '
import json
first = json.load(open("case.json"))["diagnosis"][0]
fix = next(fix for fix in first["fixes"] if "smtpd_timeout" in fix["command"])
print(first["cause"], fix["command"].split("\n")[0], fix["undo"].split("\n")[0], fix.get("reckoning"), sep="\n")' >out
expect_match '^server-idle-timeout-too-short$' 'read and measured: the cause'
expect_match '^postconf -e .smtpd_timeout = \$\{stress\?\{10\}:\{300\}\}s.$' 'read and measured: the command'
expect_match '^postconf -e smtpd_timeout=2s$' 'read and measured: the undo brings the old value back'
expect_match '300 s or more' 'read and measured: how it was reckoned'
real_stop
finish
