# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# nobody listens on one of two MX hosts
expect=server-down
servers=postfix
setup() {
	zone 'mx2.lab.test A 198.51.100.225'
	printf 'lab.test MX 20 mx2.lab.test\n' >>"$work/zone"
	serve mx1 postfix
}
