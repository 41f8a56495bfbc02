#!/bin/sh
#
# sendmail.sh setup | start [M4-LINE...] - Debian's Sendmail with the configuration that its package ships
# package: sendmail-bin
#
# The package's own set-up takes more than a minute; all that matters of it is running m4 and making the maps.

set -eu

bin=/usr/libexec/sendmail

setup() {
	for name in smmta smmsp; do
		groupadd -r $name 2>/dev/null || :
		useradd -r -g $name -d /var/lib/sendmail -s /usr/sbin/nologin $name 2>/dev/null || :
	done
	mkdir -p /etc/mail/m4 /var/lib/sendmail /var/log
	chown smmta:smmsp /var/spool/mqueue
	chmod 2750 /var/spool/mqueue
	: >/etc/mail/m4/dialup.m4
	: >/etc/mail/m4/provider.m4
	host=$(cat /etc/mailname)
	printf 'localhost\n%s\n%s\n' "$host" "${host#*.}" >/etc/mail/local-host-names
	: >/etc/mail/trusted-users
	# The package's configuration listens on loopback only.
	sed '/^DAEMON_OPTIONS/s/, Addr=[0-9.:]*//' /usr/share/sendmail/cf/debian/sendmail.mc >/etc/mail/sendmail.mc
	# The access map of the package is a template that lets localhost talk at once.
	printf 'Connect:127\tOK\nGreetPause:127.0.0.1\t0\nClientRate:127.0.0.1\t0\nClientConn:127.0.0.1\t0\n' \
		>/etc/mail/access
	cp /etc/aliases /etc/mail/aliases
}

start() {
	mkdir -p /run/sendmail/mta
	chown smmta:smmsp /run/sendmail/mta
	cd /etc/mail
	for line; do
		printf '%s\n' "$line" >>/lines
	done
	[ ! -e /lines ] || sed -i -e '/^MAILER_DEFINITIONS/{' -e 'e cat /lines' -e '}' sendmail.mc
	m4 sendmail.mc >sendmail.cf
	# shellcheck disable=SC2094 # makemap writes access.db
	$bin/makemap hash access <access
	$bin/sendmail -bi -oA/etc/mail/aliases >/dev/null
	$bin/sendmail -bd -q10m
}

"$@"
