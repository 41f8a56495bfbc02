# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a firewall resets sessions that say STARTTLS
expect=firewall-smtp-inspection
servers=postfix
setup() {
	serve mx1 postfix
	firewall forward ip daddr 198.51.100.25 tcp dport 25 @ih,0,64 0x5354415254544c53 reject with tcp reset
}
