# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the same over IPv6
expect=firewall-port-blocked
servers=postfix
target='[2001:db8:2::25]:25'
setup() {
	serve mx1 postfix
	firewall forward tcp dport 25 reject with icmpx type admin-prohibited
}
