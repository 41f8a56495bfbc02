# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# a tunnel on the way: large packets do not fit, and ICMP says so
expect=healthy
servers=postfix
setup() {
	serve mx1 postfix
	narrow mx1 1280
}
