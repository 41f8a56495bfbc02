# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a line with a round trip of 700 ms
expect=healthy
servers=postfix
setup() {
	serve mx1 postfix
	slow_line 0.35
}
