# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the same by address, without name servers
expect=firewall-port-blocked
servers=exim
target=198.51.100.25
setup() {
	serve mx1 exim
	firewall forward tcp dport 25 drop
	resolvers 203.0.113.99
}
