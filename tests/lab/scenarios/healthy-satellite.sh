# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# a line with a round trip of 700 ms
expect=healthy
servers=postfix
setup() {
	serve mx1 postfix
	slow_line 0.35
}
