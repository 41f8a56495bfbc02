# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# every fourth packet from the server is lost: replies and acknowledgements
expect=packet-loss
servers=postfix
options='--timeout 50'
setup() {
	serve mx1 postfix
	slow_line 0.02 0 0.25
}
