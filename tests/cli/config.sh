#!/bin/sh
#
# The config check and --config: postconf that is missing, hangs, fails, talks nonsense; files that cannot be read; three
# configurations under which the same symptom has three causes.
#
# too slow for valgrind; sanitizers watch it

. "${0%/*}/lib.sh"

# value NAME SUBJECT: a fact of the last report
expect_value() { # NAME SUBJECT VALUE WHAT
	value=$(python3 -c '
import json, sys
case = json.load(open(sys.argv[1]))
print(*[fact["value"] for fact in case["facts"] if fact["name"] == sys.argv[2] and fact["subject"] == sys.argv[3]][:1])
' "$folder/out" "$1" "$2")
	if [ "$value" = "$3" ]; then ok "$4"; else not_ok "$4"; printf '# %s is "%s"\n' "$1" "$value"; fi
}

expect_first() { # CAUSE WHAT
	cause=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["diagnosis"][0]["cause"])' "$folder/out")
	if [ "$cause" = "$1" ]; then ok "$2"; else not_ok "$2"; echo "# the first cause is $cause"; fi
}

mkdir postfix bin
cat >postfix/main.cf <<'END'
# patience
smtpd_timeout = ${stress?{2}:{20}}s
default_process_limit = 30
message_size_limit = 99x
multi_instance_directories =
END
cat >postfix/master.cf <<'END'
smtp       inet  n       -       y       -       -       smtpd
submission inet  n       -       y       -       4       smtpd
  -o smtpd_timeout=44s
smtp       unix  -       -       y       -       -       smtp
END
service='postfix smtp/inet'

fake() { # SCRIPT: the postconf of this machine, with it first in PATH
	printf '#!/bin/sh\n%s\n' "$1" >bin/postconf
	chmod 755 bin/postconf
}
with() { PATH=$PWD/bin:$PATH "$SMTPDX" "$@"; }

# A PATH without postconf does not help where one is installed: only a name that cannot be run is missing for sure.
fake 'exit 127'
run with explain --config postfix --json
expect_value config.server-timeout "$service" 20 'without postconf main.cf is read'
expect_value config.server-timeout.stress "$service" 2 'and its values are evaluated under stress'
expect_value config.server-timeout.line "$service" 2 'with their lines'
expect_value config.process-limit "$service" 30 'the limit that master.cf leaves to main.cf'
expect_value config.server-timeout 'postfix submission/inet' 44 'an override in master.cf'
expect_value config.process-limit 'postfix submission/inet' 4 'and a limit there'
expect_value config.setting.fault "$service: message_size_limit" '"99x" is no number' 'what Postfix would refuse is a fault'
expect_match "\"name\": \"config.fault\"" "that postconf did not work is told"
expect_match 'ended with status 127; so the defaults are those of a recent version' 'and what that means'

# shellcheck disable=SC2016 # for the script
fake 'echo "postconf: fatal: open /etc/postfix/main.cf: $(printf "\\033[2J")" >&2; exit 1'
run with explain --config postfix --json
expect_value config.server-timeout "$service" 20 'postconf fails: main.cf is read'
expect_match 'postconf: fatal: open /etc/postfix/main.cf: ..x1b\[2J' 'its complaint is told, made harmless'

fake 'sleep 300'
run with explain --config postfix --json --timeout 2
expect_value config.server-timeout "$service" 20 'postconf hangs: main.cf is read'
expect_match 'postconf: gave no answer in time' 'which is told'

# shellcheck disable=SC2016 # for the script
fake 'case "$*" in
*-d) printf "%s\n" "mail_version = 3.5.0" "smtpd_timeout = \${stress?{10}:{300}}s" "default_process_limit = 100";;
*-n) echo "postconf: fatal: bad line" >&2; exit 1;;
esac'
run with explain --config postfix --json
expect_value config.version "$service" 3.5.0 'postconf -d answers: its version'
expect_value config.server-timeout "$service" 20 'postconf -n fails: main.cf is read'
expect_match 'postconf: fatal: bad line' 'which is told'

# shellcheck disable=SC2016
fake 'case "$*" in
*-d) printf "%s\n" "mail_version = 3.5.0" "smtpd_timeout = 300s" "default_process_limit = 100";;
*-n) printf "%s\n" "smtpd_timeout = \${stress?{2}:{20}}s" "default_process_limit = 31";;
esac'
run with explain --config postfix --json
expect_value config.process-limit "$service" 30 'what main.cf says goes before what postconf made of it'
expect_value config.server-timeout.default "$service" 300 'the defaults are postconf -d'\''s'

fake 'while :; do echo "smtpd_timeout = 3s and more and more and more and more and more and more and more and more"; done'
run with explain --config postfix --json
expect_match 'postconf: says too much' 'postconf never ends: it is ended'
fake 'exit 127'

# Two instances, and one that is switched off.
mkdir second off
printf 'multi_instance_enable = yes\nmulti_instance_name = postfix-out\nsmtpd_timeout = 70s\n' >second/main.cf
printf 'multi_instance_enable = no\nsmtpd_timeout = 80s\n' >off/main.cf
cp postfix/master.cf second
sed "s,^multi_instance_directories =,& $PWD/second\, $PWD/off $PWD/nowhere," postfix/main.cf >main.cf && mv main.cf postfix
run with explain --config postfix --json
expect_value config.server-timeout 'postfix postfix-out smtp/inet' 70 'a second instance is read'
expect_value config.folder 'postfix postfix-out smtp/inet' "$PWD/second" 'its commands will name its folder'
expect_value config.folder "$service" "$PWD/postfix" 'so will those of a folder that was named'
expect_no_match '"value": 80' 'one that is switched off is not'
expect_match 'nowhere/main.cf: No such file' 'one that is not there is a fault, and the rest is read'

# Other servers, other mistakes.
printf 'O Timeout.command=7m\nO MaxDaemonChildren=12\n' >sendmail.cf
run smtpdx explain --config sendmail.cf --json
expect_value config.server-timeout 'sendmail server' 420 'sendmail.cf is known by its lines'
printf 'listen on all\nsmtp limit max-mails 5\n' >smtpd.conf
run smtpdx explain --config smtpd.conf --json
expect_value config.session-limit 'opensmtpd server' 5 'so is smtpd.conf'
printf 'smtp_receive_timeout = 6m\nsmtp_accept_max = 4\nno_smtp_enforce_sync\n' >said
run smtpdx explain --config said --json
expect_value config.server-timeout 'exim server' 360 'and what exim -bP printed'
printf 'smtpd_timeout = 9s\nsubmission/inet/smtpd_timeout = 8s\n' >printed
run smtpdx explain --config printed --json
expect_value config.server-timeout 'postfix submission/inet' 8 'and what postconf -n and -P printed'
printf 'config_directory = /etc/postfix-in\ncommand_directory = /opt/mail/sbin\nsmtpd_timeout = 9s\n' >printed
run smtpdx explain --config printed --json
expect_value config.folder "$service" /etc/postfix-in 'what was printed tells whose it is'
expect_value config.programs "$service" /opt/mail/sbin 'and where its programs are'
printf 'config_directory = /etc/postfix\ncommand_directory = /usr/sbin\nsmtpd_timeout = 9s\n' >printed
run smtpdx explain --config printed --json
expect_no_match 'config.folder|config.programs' 'of the one that commands mean by themselves nothing needs telling'
run smtpdx explain --config second/main.cf --json
expect_value config.folder "$service" "$PWD/second" 'main.cf alone belongs to its folder'
run smtpdx explain --config nowhere --json
expect_status 3 'what is not there cannot be read'
expect_match 'nowhere: No such file' 'which is told'
echo 'dear diary' >diary
run smtpdx explain --config diary
expect_match 'diary: is no configuration of a mail server' 'a file of another kind is told'
mkdir empty
run smtpdx explain --config empty
expect_match 'empty: has neither main.cf nor' 'so is a folder without one'
head -c 100000 /dev/urandom >noise
run smtpdx explain --config noise --json
expect_match '"check": "config"' 'arbitrary bytes do no harm'

# The same symptom under three configurations.
log() { # SECONDS: six clients that say nothing after DATA
	python3 - "$1" <<'END'
import sys
for i in range(6):
    for offset, text in ((0, "connect from"), (int(sys.argv[1]), "timeout after DATA (0 bytes) from"),
                         (int(sys.argv[1]), "disconnect from")):
        t = 36000 + 900 * i + offset
        print("Nov 21 %02d:%02d:%02d mx postfix/smtpd[%d]: %s a.example[192.0.2.1]"
              % (t // 3600, t // 60 % 60, t % 60, 100 + i, text))
END
}
set_timeout() {
	printf 'smtpd_timeout = %s\n' "$1" >postfix/main.cf
}
log 10 >short.log
log 300 >long.log
set_timeout 10s
run with explain short.log --config postfix --json
expect_first server-idle-timeout-too-short 'smtpd_timeout=10s and 10 s of patience: the server is impatient'
# shellcheck disable=SC2016
set_timeout '${stress?{10}:{300}}s'
run with explain short.log --config postfix --json
expect_first overload-stress 'the stress form and 10 s of patience: the server is overloaded'
set_timeout 300s
run with explain long.log --config postfix --json
expect_first client-slow 'smtpd_timeout=300s and 300 s of patience: the sender is slow'
set_timeout 10s
run with explain short.log --config postfix
expect_match '^What the mail server is set to' 'the report has the read-out'
expect_match '^     ! smtpd_timeout ' 'what explains the symptom is marked'
expect_no_match 'config\.setting' 'and stands there instead of among the facts'
sed -n '/^What the mail server/,$p' out | grep -E '^     (!|  [a-z])' | head -n 1 >first
run cat first
expect_match '^     ! smtpd_timeout ' 'and comes first'

# The same of a live check: the service that listens on the port of the target is the one that counts.
if [ -z "$SMTPDX_SLOW" ]; then
	sed 's/^scale: .*/scale: 0.02/' "$SMTPDX_SRCDIR/help/demo/data-timeout.demo" >impatient.demo
	demo_start ./impatient.demo
	printf 'smtp inet n - y - - smtpd -o smtpd_timeout=7s\n%s inet n - y - - smtpd\n' "${demo_smtp##*:}" >postfix/master.cf
	# shellcheck disable=SC2016
	set_timeout '${stress?{1}:{300}}s'
	run with check "$demo_smtp" --only smtp,config --config postfix --idle data --yes --json
	expect_match '"config.patience"' 'the measured patience is held against the configured one'
	expect_first overload-stress 'it is the one under stress: the server is overloaded'
	set_timeout 1s
	run with check "$demo_smtp" --only smtp,config --config postfix --idle data --yes --json
	expect_first server-idle-timeout-too-short 'it is the normal one: the server is impatient'
	expect_match "smtpd_timeout is 1 s .main.cf." 'and the setting is the reason'
	cp out case.json
	run smtpdx report case.json
	expect_match 'taken for the server that was probed since the port is the same' 'the report says what little speaks for it'
fi
finish
