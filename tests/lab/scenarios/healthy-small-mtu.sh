# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a tunnel on the way: large packets do not fit, and ICMP says so
expect=healthy
servers=postfix
setup() {
	serve mx1 postfix
	narrow mx1 1280
}
