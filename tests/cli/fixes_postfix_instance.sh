#!/bin/sh
#
# Fixes for one of several Postfixes on a machine change that one, and leave the default one alone: a second instance, and an
# appliance's own tree with its own programs.
#
# once: what it tries are commands, by programs of others

. "${0%/*}/lib.sh"
. "${0%/*}/../real/lib.sh"
. "${0%/*}/../real/fixes.sh"

real_start postfix
fixes_prepare
trend=/opt/trend/imss/postfix

# The default instance listens on port 25, the second one on 2525, the appliance's on 2526.
real_do sh -s >setup 2>&1 <<'END' || cat setup
set -e
instance() { # NAME FOLDER PORT
	mkdir -p "${2%/*}" "/var/spool/$1" "/var/lib/$1"
	cp -a /etc/postfix "$2"
	chown postfix "/var/lib/$1"
	postconf -c "$2" -e queue_directory=/var/spool/"$1" data_directory=/var/lib/"$1" multi_instance_enable=yes \
		multi_instance_name="$1" smtpd_timeout=1s maillog_file=/var/log/"$1".log
	postconf -c "$2" -MX smtp/inet 465/inet 2465/inet
	postconf -c "$2" -M "$3/inet=$3 inet n - n - 7 smtpd"
}
trend=/opt/trend/imss/postfix
mkdir -p $trend/usr/sbin
for program in /usr/sbin/post*; do
	printf '#!/bin/sh\necho "$0" >>/run/called\nexec %s "$@"\n' "$program" >"$trend$program"
	chmod 755 "$trend$program"
done
instance postfix-out /etc/postfix-out 2525
instance imss $trend/etc/postfix 2526
postconf -c $trend/etc/postfix -e command_directory=$trend/usr/sbin
postconf -e multi_instance_directories=/etc/postfix-out "alternate_config_directories=$trend/etc/postfix"
postfix -c /etc/postfix-out start
postfix -c $trend/etc/postfix start
postfix reload
while ! ss -Hltn 'sport = :2525' | grep -q . || ! ss -Hltn 'sport = :2526' | grep -q .; do sleep 0.1; done
END

# From the trouble to the fix, which is typed, verified and undone.
found() { # PORT FOLDER
	real_do env -u XDG_CONFIG_HOME smtpdx check "127.0.0.1:$1" --only smtp,config --idle data --yes --json >report 2>err
	real_do sh -c 'cat >/case.json' <report
	real_do python3 /fixes.py run /case.json /other.json server-idle-timeout-too-short "$2" >tried 2>&1 ||
		echo 'not ok the run itself' >>tried
	while read -r line; do
		case $line in
		'ok '*) ok "port $1: ${line#ok }" ;;
		'not ok '*) not_ok "port $1: ${line#not ok }" ;;
		*) printf '%s\n' "$line" ;;
		esac
	done <tried
}
sums() { real_do sh -c 'cat /etc/postfix/main.cf /etc/postfix/master.cf /etc/postfix-out/*.cf | md5sum'; }
before=$(sums)
found 2525 /etc/postfix-out
run cat report
expect_match '"command": "postconf -c /etc/postfix-out -e .*npostfix -c /etc/postfix-out reload"' 'the second instance is named'
expect_match '"command": "postconf -c /etc/postfix-out -P ' 'also in what only shows'
expect_match '"undo": "postconf -c /etc/postfix-out -e smtpd_timeout=1s' 'and its old value comes back'

real_do sh -c ': >/run/called'
found 2526 "$trend/etc/postfix"
run cat report
expect_match "\"command\": \"$trend/usr/sbin/postconf -c $trend/etc/postfix -e .*n$trend/usr/sbin/postfix -c $trend/etc/postfix reload\"" \
	'the appliance is changed by its own programs'
run real_do sort -u /run/called
expect_match "^$trend/usr/sbin/postconf$" 'and read by them'
expect_match "^$trend/usr/sbin/postfix$" 'and told to reload by them'

# A field of master.cf is that of the service which was looked at.
out='postfix postfix-out 2525/inet'
fixes_try 'a field' process-limit postfix /etc/postfix-out "config.software@$out=postfix" "config.port@$out=25" \
	"config.folder@$out=/etc/postfix-out" "config.process-limit@$out=7"
grep -qF "postconf -c /etc/postfix-out -F '2525/inet/process_limit = 14'" report
expect 'twice the processes of that service' test $? = 0
after=$(sums)
expect 'all other files are as they were' test "$before" = "$after"
real_stop
finish
