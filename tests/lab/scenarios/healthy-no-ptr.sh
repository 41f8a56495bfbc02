# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# our address has no name, and the server does not mind
expect=healthy
servers=postfix
setup() {
	zone_drop ' PTR '
	serve mx1 postfix
}
