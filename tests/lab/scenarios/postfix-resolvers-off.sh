# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# both of the server's name servers are switched off
expect=dns-slow-server
servers=postfix
setup() {
	prepare mx1 postfix
	printf 'nameserver 203.0.113.99\nnameserver 203.0.113.98\n' >"$work/mx1/root/etc/resolv.conf"
	start mx1 postfix
}
