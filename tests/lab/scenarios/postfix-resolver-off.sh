# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the server's own name server is switched off
expect=dns-slow-server
servers=postfix
setup() {
	prepare mx1 postfix
	echo 'nameserver 203.0.113.99' >"$work/mx1/root/etc/resolv.conf"
	start mx1 postfix
}
