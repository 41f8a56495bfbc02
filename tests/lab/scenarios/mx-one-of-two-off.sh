# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# one of two MX hosts is switched off
expect=server-down
also='firewall-port-blocked network-unreachable'
servers=postfix
setup() {
	zone 'mx2.lab.test A 198.51.100.225'
	printf 'lab.test MX 20 mx2.lab.test\n' >>"$work/zone"
	ip -n mx2 link set eth0 down
	serve mx1 postfix
}
