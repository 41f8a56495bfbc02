# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# both of the server's name servers are switched off
expect=dns-slow-server
servers=postfix
setup() {
	prepare mx1 postfix
	printf 'nameserver 203.0.113.99\nnameserver 203.0.113.98\n' >"$work/mx1/root/etc/resolv.conf"
	start mx1 postfix
}
