# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the router drops port 25
expect=firewall-port-blocked
servers=postfix
setup() {
	serve mx1 postfix
	firewall forward tcp dport 25 drop
}
