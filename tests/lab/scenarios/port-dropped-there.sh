# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the server's own firewall drops port 25
expect=firewall-port-blocked
servers=postfix
setup() {
	serve mx1 postfix
	firewall_of mx1 input tcp dport 25 drop
}
