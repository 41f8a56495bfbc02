# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# our address has no name, and the server does not mind
expect=healthy
servers=postfix
setup() {
	zone_drop ' PTR '
	serve mx1 postfix
}
