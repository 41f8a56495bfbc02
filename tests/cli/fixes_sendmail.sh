#!/bin/sh
#
# Every fix for Sendmail does what it says, on a Sendmail.
#
# once: what it tries are commands, by programs of others

. "${0%/*}/lib.sh"
. "${0%/*}/../real/lib.sh"
. "${0%/*}/../real/fixes.sh"

real_start sendmail "define(\`confTO_COMMAND', \`20s')dnl"
fixes_prepare
# As Debian's package has it, in short.
printf '%s\n\t%s\n' 'all: sendmail.cf access.db' : \
	'sendmail.cf: sendmail.mc' 'm4 sendmail.mc >sendmail.cf' \
	'access.db: access' '/usr/libexec/sendmail/makemap hash access <access' |
	real_do sh -c 'cat >/etc/mail/Makefile; ln -s /usr/libexec/sendmail/makemap /usr/local/bin/'
fixes_try 'as it was installed' '*' sendmail /etc/mail 'dns.self.ptr.status@self [192.0.2.9]=ok' \
	config.process-limit=50 config.message-limit=10000000

# A site that edits sendmail.cf itself.
real_do sh -c 'mv /etc/mail/sendmail.mc /sendmail.mc'
fixes_try 'without sendmail.mc' server-idle-timeout-too-short sendmail /etc/mail \
	'config.path@sendmail server=/etc/mail/sendmail.cf'
grep -q 'sed -i -e ./^O Timeout.command=/d' report
expect 'it is sendmail.cf that is edited' test $? = 0
real_do mv /sendmail.mc /etc/mail/sendmail.mc

real_do sh -c "sed -i \"/^MAILER_DEFINITIONS/i INPUT_MAIL_FILTER(\\\`none', \\\`S=local:/nowhere, F=T')dnl\" /etc/mail/sendmail.mc &&
	make -C /etc/mail && systemctl restart sendmail"
fixes_try 'with a milter that is down' milter-slow sendmail /etc/mail
real_stop
finish
