# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a filter in front of the server refuses port 25 with "port unreachable", as iptables' REJECT does
expect=firewall-port-blocked
servers=exim
target=198.51.100.25:25
setup() {
	serve mx1 exim
	firewall forward tcp dport 25 reject with icmp type port-unreachable
}
