#!/bin/sh
#
# postfix.sh setup | start [NAME=VALUE...] - Debian's Postfix as its package sets it up for a stand-alone host
# package: postfix

set -eu

setup() {
	groupadd -r postfix 2>/dev/null || :
	groupadd -r postdrop 2>/dev/null || :
	useradd -r -g postfix -d /var/spool/postfix -s /usr/sbin/nologin postfix 2>/dev/null || :

	cd /etc/postfix
	cp /usr/share/postfix/main.cf.debian main.cf
	cp /usr/share/postfix/master.cf.dist master.cf
	[ -e dynamicmaps.cf ] || : >dynamicmaps.cf
	# What the package asks or finds out when it is installed. No chroot: it would have to be filled first.
	sed -i 's/^\([a-z].*[ \t][-yn]\)\([ \t][ \t]*[-yn]\)\([ \t][ \t]*\)y\([ \t]\)/\1\2\3n\4/' master.cf
	host=$(cat /etc/mailname)
	openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
		-keyout /etc/postfix/key.pem -out /etc/postfix/cert.pem 2>/dev/null
	postconf -e myhostname="$host" mydestination="$host, ${host#*.}, localhost" mynetworks=127.0.0.0/8 \
		inet_interfaces=all inet_protocols=all alias_maps=texthash:/etc/aliases.texthash relayhost= \
		smtpd_tls_cert_file=/etc/postfix/cert.pem smtpd_tls_key_file=/etc/postfix/key.pem \
		smtpd_tls_security_level=may maillog_file=/var/log/mail.log compatibility_level=3.6
	# TLS from the first byte, where it is expected and where nobody would think of it.
	for port in 465 2465; do
		postconf -M "$port/inet=$port inet n - n - - smtpd -o smtpd_tls_wrappermode=yes"
	done
	echo 'postmaster root' >/etc/aliases.texthash
	mkdir -p /var/log
	postfix set-permissions >/dev/null 2>&1 || :
}

start() {
	[ $# = 0 ] || postconf -e "$@"
	postfix start
}

"$@"
