# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# a line that loses one packet in thirty
expect=healthy
servers=postfix
target=198.51.100.25:25
setup() {
	serve mx1 postfix
	slow_line 0.01 0.03
}
