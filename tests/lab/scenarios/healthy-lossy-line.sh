# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a line that loses one packet in thirty
expect=healthy
servers=postfix
target=198.51.100.25:25
setup() {
	serve mx1 postfix
	slow_line 0.01 0.03
}
