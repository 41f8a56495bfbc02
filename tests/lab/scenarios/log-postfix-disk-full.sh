# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the log of a server without room
expect=disk-full
servers=postfix
setup() {
	serve mx1 postfix queue_minfree=900000000000
	deliver client 5
	evidence postfix
}
