# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the server's own firewall drops port 25
expect=firewall-port-blocked
servers=postfix
setup() {
	serve mx1 postfix
	firewall_of mx1 input tcp dport 25 drop
}
