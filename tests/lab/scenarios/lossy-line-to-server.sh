# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# every third packet to the server is lost
expect=packet-loss
servers=sendmail
setup() {
	serve mx1 sendmail
	slow_line 0.02 0.3 0
}
