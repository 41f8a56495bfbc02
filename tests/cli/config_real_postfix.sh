#!/bin/sh
#
# What the config check reads of a real Postfix is what that Postfix does: its patience, normally, by an override in
# master.cf and under stress; how many sessions it takes from a client; and what postconf(1) makes of every expression.
#
# once: it measures, and what it runs is run in other tests, too

. "${0%/*}/lib.sh"
. "${0%/*}/../real/lib.sh"

# 2525 is public as 25 is, and has two processes: a third client brings stress.
# shellcheck disable=SC2016 # Postfix expands
real_start postfix 'smtpd_timeout=${stress?{1}:{3}}s' 'mynetworks=192.0.2.0/24' 'smtpd_client_connection_count_limit=3'
# shellcheck disable=SC2016 # Postfix expands
real_do sh -c 'postconf -M "2525/inet=2525 inet n - n - 2 smtpd -o { smtpd_timeout = \${stress?{1}:{300}}s }" &&
	postconf -M "2526/inet=2526 inet n - n - - smtpd -o { smtpd_timeout = 2s } -o smtpd_client_connection_count_limit=2" &&
	postconf -P 465/inet/stress= &&
	postconf -e "first = \${stress?{a}:{b}}\$(second)" "second = \${{\$default_process_limit} >= {99} ? {many} : {few}}" \
		"debug_peer_list = \$first, \${missing?x}\${missing:y}, \${second?{z}}" \
		"smtpd_discard_ehlo_keywords = \${ { a } == { b } ? { no } : { chunking } }" \
		"smtp_discard_ehlo_keywords = \${debug_peer_list:{}}\${second}" && postfix reload'
sleep 1
run real_look check 127.0.0.1:25 --only smtp,config --idle data --yes --json
expect_service 'postfix smtp/inet' config.server-timeout 3 'smtpd_timeout is read: 3 s'
expect_service 'postfix smtp/inet' config.server-timeout.stress 1 'and 1 s under stress'
expect_service 'postfix smtp/inet' config.server-timeout.default 300 'the default is postconf -d'\''s'
# shellcheck disable=SC2016
expect_service 'postfix smtp/inet' config.server-timeout.raw '${stress?{1}:{3}}s' 'as written'
expect_service 'postfix smtp/inet' config.server-timeout.origin main.cf 'in main.cf'
line=$(real_do grep -n '^smtpd_timeout ' /etc/postfix/main.cf | cut -d: -f1)
expect_service 'postfix smtp/inet' config.server-timeout.line "$line" 'in the line that grep finds'
expect_service 'postfix smtp/inet' config.process-limit 100 'the processes of the service'
expect_service 'postfix smtp/inet' config.version "$(real_do postconf -h mail_version)" 'the version'
expect_service 'postfix smtp/inet' config.stress False 'it does not run under stress'
expect_service 'postfix 2526/inet' config.server-timeout 2 'an override in master.cf'
expect_service 'postfix 2526/inet' config.server-timeout.origin master.cf 'comes from there'
expect_service 'postfix 465/inet' config.server-timeout.stress '' 'a service that is told to have no stress'
expect_service 'postfix 2525/inet' config.process-limit 2 'and one with two processes'
expect_patience 'it gives up after the 3 s that were read' '2\.9|3\.[0-3]'
expect_fact config.patience '^normal$' 'which is known to be the configured patience'
expect_cause server-idle-timeout-too-short 'the first cause is the impatient server'

run real_look check 127.0.0.1:2526 --only smtp,config --idle data --yes --json
expect_patience 'the service with the override gives up after 2 s' '1\.9|2\.[0-3]'

# Every expression, as postconf itself expands it. It strips what only Postfix knows: the name of the parameter.
run real_look probe config 127.0.0.1
python3 - out >rows <<'END'
import json, sys
for line in open(sys.argv[1]):
    m = json.loads(line)
    if m.get("name") == "config.setting.value" and m["subject"].startswith("postfix smtp/"):
        print(m["subject"].split(": ")[1], m["value"], sep="\t")
END
real_do postconf -x | sed 's/ *= */\t/' >expanded
python3 - rows expanded >differ <<'END'
import re, sys
theirs = dict(line.rstrip("\n").split("\t", 1) for line in open(sys.argv[2]) if "\t" in line)
units = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
def seconds(text):
    m = re.fullmatch(r"(\d+)([smhdw])", text)
    return "%d s" % (int(m[1]) * units[m[2]]) if m else text
count = 0
for line in open(sys.argv[1]):
    name, ours = line.rstrip("\n").split("\t", 1)
    if name not in theirs:
        continue
    count += 1
    text = theirs[name]
    if ours not in (text, seconds(text), text + " bytes", text + " s"):
        print(name, ours, text, sep=" | ")
if count < 80:
    print("only", count, "settings were compared")
END
if [ -s differ ]; then
	not_ok 'what is in effect is what postconf -x says, setting by setting'
	sed 's/^/# /' differ
else
	ok 'what is in effect is what postconf -x says, setting by setting'
fi

run real_look explain --config /etc/postfix --json
expect_service 'postfix smtp/inet' config.server-timeout 3 'a folder that is named is read through postconf, too'
expect_service 'postfix smtp/inet' config.version "$(real_do postconf -h mail_version)" 'which tells the version'

# A name that is mistyped has no effect, and Postfix says so on standard error only.
real_do postconf -e 'smtpd_timout = 900s'
line=$(real_do grep -n '^smtpd_timout' /etc/postfix/main.cf | cut -d: -f1)
run real_look probe config 127.0.0.1
expect_match "main.cf line $line: Postfix knows no smtpd_timout" 'a mistyped setting is told, with its line'
expect 'and no other setting is' [ "$(grep -o 'Postfix knows no [a-z_]*' out | sort -u | wc -l)" = 1 ]
run real_look check 127.0.0.1 --only config
expect_match 'Fault: main.cf line [0-9]*: Postfix knows no' 'in the report, too'
real_do postconf -X smtpd_timout

# Not of $mynetworks: the limit on sessions of one client counts.
run real_look check 127.0.0.1:25 --only limit,config --max 6 --yes --json
expect_service 'postfix smtp/inet' config.connection-limit 3 'smtpd_client_connection_count_limit is read'
expect_fact limit.connections '^3$' 'and so many sessions it takes'

# Three clients for two processes: from then on new processes have stress=yes.
real_net python3 - <<'END'
import socket, time
clients = []
for _ in range(3):
    clients.append(socket.create_connection(("127.0.0.1", 2525)))
    time.sleep(0.3)
for client in clients:
    client.close()
time.sleep(0.5)
END
run real_look check 127.0.0.1:2525 --only smtp,config --idle data --yes --json
expect_service 'postfix 2525/inet' config.server-timeout.stress 1 'patience under stress is read'
expect_service 'postfix 2525/inet' config.stress True 'the processes under stress are seen'
expect_patience 'and that is what it has: 1 s' '0\.9|1\.[0-4]'
expect_fact config.patience '^stress$' 'the patience is known to be that under stress'
expect_cause overload-stress 'the first cause is the overload'

# One line that is no setting, and postconf -n says nothing at all: the files are read without it.
real_do sh -c 'echo junk >>/etc/postfix/main.cf'
run real_look probe config 127.0.0.1
expect_match 'config.fault.*postconf: fatal: .*missing .*after attribute name' 'what postconf complains about is told'
expect_match 'config.server-timeout","value":3,' 'and the rest is read without it'
real_stop
finish
