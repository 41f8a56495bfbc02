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
real_do sh -c 'echo "smtp limit max-rcpt 7 max-mails 5" >/etc/limits.conf; sed -i "1i include \"/etc/limits.conf\"" /etc/smtpd.conf'
server='opensmtpd server'
fixes_try 'included' session-limit opensmtpd '/etc/smtpd.conf /etc/limits.conf' "config.path@$server=/etc/smtpd.conf" \
	config.session-limit=5 config.recipient-limit=7 \
	"config.setting.origin@$server: smtp limit max-mails=file" "config.setting.raw@$server: smtp limit max-mails=5" \
	"config.setting.file@$server: smtp limit max-mails=/etc/limits.conf" \
	"config.setting.origin@$server: smtp limit max-rcpt=file" "config.setting.raw@$server: smtp limit max-rcpt=7" \
	"config.setting.file@$server: smtp limit max-rcpt=/etc/limits.conf"
grep -q 'max-mails.*/etc/limits.conf' report
expect 'the file that has the line is named' test $? = 0
fixes_try 'files' process-limit opensmtpd /etc/systemd/system host.process=smtpd host.process.descriptors=1000 \
	host.process.descriptors.limit=1024 host.process.descriptors.share=0.98
grep -q 'LimitNOFILE=2048' report
expect 'twice the files that it may have open' test $? = 0
run real_look probe config 127.0.0.1
expect_match 'config.setting.file","value":"/etc/limits.conf"' 'and read there'
real_stop
finish
