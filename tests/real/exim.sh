#!/bin/sh
#
# exim.sh - Debian's Exim as its package sets it up for local delivery

set -eu

groupadd -r Debian-exim 2>/dev/null || :
useradd -r -g Debian-exim -d /var/spool/exim4 -s /usr/sbin/nologin Debian-exim 2>/dev/null || :
mkdir -p /var/spool/exim4/input /var/spool/exim4/msglog /var/spool/exim4/db /var/log/exim4 /var/lib/exim4 /run/exim4
chown -R Debian-exim:Debian-exim /var/spool/exim4 /var/log/exim4 /run/exim4
touch /etc/exim4/passwd.client

cat >/etc/exim4/update-exim4.conf.conf <<END
dc_eximconfig_configtype='local'
dc_other_hostnames='mail.example.test'
dc_local_interfaces='127.0.0.1'
dc_readhost=''
dc_relay_domains=''
dc_minimaldns='false'
dc_relay_nets=''
dc_smarthost=''
CFILEMODE='644'
dc_use_split_config='false'
dc_hide_mailname=''
dc_mailname_in_oh='true'
dc_localdelivery='mail_spool'
END
update-exim4.conf
exim4 -bd -q30m
