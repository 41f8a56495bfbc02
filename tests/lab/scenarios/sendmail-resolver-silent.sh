# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the server's own name server never answers
expect=dns-slow-server
servers=sendmail
setup() {
	serve mx1 sendmail
	zone 'on any * from 198.51.100.25 silent'
}
