#!/bin/sh
#
# sendmail.sh - Debian's Sendmail with the configuration that its package ships
#
# The package's own set-up takes more than a minute; all that matters of it is running m4 and making the maps.

set -eu

for name in smmta smmsp; do
	groupadd -r $name 2>/dev/null || :
	useradd -r -g $name -d /var/lib/sendmail -s /usr/sbin/nologin $name 2>/dev/null || :
done
bin=/usr/libexec/sendmail
mkdir -p /etc/mail/m4 /var/lib/sendmail /var/log /run/sendmail/mta
chown smmta:smmsp /var/spool/mqueue /run/sendmail/mta
chmod 2750 /var/spool/mqueue
: >/etc/mail/m4/dialup.m4
: >/etc/mail/m4/provider.m4
printf 'localhost\nmail.example.test\n' >/etc/mail/local-host-names
: >/etc/mail/trusted-users
cp /usr/share/sendmail/cf/debian/sendmail.mc /etc/mail/
m4 /etc/mail/sendmail.mc >/etc/mail/sendmail.cf
# The access map of the package is a template that lets localhost talk at once.
printf 'Connect:127\tOK\nGreetPause:127.0.0.1\t0\nClientRate:127.0.0.1\t0\nClientConn:127.0.0.1\t0\n' \
	| $bin/makemap hash /etc/mail/access
cp /etc/aliases /etc/mail/aliases
$bin/sendmail -bi -oA/etc/mail/aliases >/dev/null
$bin/sendmail -bd -q10m
