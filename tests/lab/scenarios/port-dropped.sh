# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the router drops port 25
expect=firewall-port-blocked
servers=postfix
setup() {
	serve mx1 postfix
	firewall forward tcp dport 25 drop
}
