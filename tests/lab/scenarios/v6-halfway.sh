# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# over IPv6 the connection stands, and then nothing passes; IPv4 is fine
expect=ipv6-broken
also=firewall-smtp-inspection
servers=postfix
options='--timeout 12'
setup() {
	zone 'mx1.lab.test AAAA 2001:db8:2::25'
	serve mx1 postfix
	firewall forward ip6 saddr 2001:db8:2::25 tcp sport 25 tcp flags '&' '(syn|ack)' == ack drop
}
