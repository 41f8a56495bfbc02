#!/bin/sh
#
# opensmtpd.sh setup | start [LINE...] - Debian's OpenSMTPD; lines take the place of its "listen on"
# package: opensmtpd

set -eu

setup() {
	for name in opensmtpd opensmtpq; do
		groupadd -r $name 2>/dev/null || :
		useradd -r -g $name -d /var/lib/opensmtpd/empty -s /usr/sbin/nologin $name 2>/dev/null || :
	done
	host=$(cat /etc/mailname)
	openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
		-keyout /etc/key.pem -out /etc/cert.pem 2>/dev/null
	chmod 600 /etc/key.pem
	chgrp opensmtpq /usr/sbin/smtpctl
	chmod 2755 /usr/sbin/smtpctl
	install -d -m 711 /var/spool/smtpd # it insists on that
	# The package's configuration, reachable from elsewhere. Without TLS: this version cannot do it with OpenSSL 3.
	cat >/etc/smtpd.conf <<-END
	pki $host cert "/etc/cert.pem"
	pki $host key "/etc/key.pem"
	listen on 0.0.0.0
	table aliases file:/etc/aliases
	action "local" maildir alias <aliases>
	action "relay" relay
	match from any for domain ${host#*.} action "local"
	match for local action "local"
	match from local for any action "relay"
	END
}

start() {
	if [ $# -gt 0 ]; then
		printf '%s\n' "$@" >/lines
		sed -i -e '/^listen on/{' -e 'r /lines' -e 'd' -e '}' /etc/smtpd.conf
	fi
	smtpd
}

"$@"
