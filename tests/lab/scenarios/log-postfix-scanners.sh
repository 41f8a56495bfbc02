# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# strangers that connect and leave, between mail that comes in
expect=scanner-noise
also=healthy
servers=postfix
setup() {
	serve mx1 postfix
	deliver mx2 3
	talk client 40 @leave
	evidence postfix
}
