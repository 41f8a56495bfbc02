# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# neither of the server's name servers answers
expect=dns-slow-server
servers=postfix
target=198.51.100.25:25
setup() {
	prepare mx1 postfix
	zone 'on any * from 198.51.100.25 silent'
	printf 'nameserver 203.0.113.53\nnameserver 203.0.113.54\n' >"$work/mx1/root/etc/resolv.conf"
	start mx1 postfix
}
