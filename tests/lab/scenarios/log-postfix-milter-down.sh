# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the log of a server whose milter is not there
expect=milter-slow
servers=postfix
setup() {
	serve mx1 postfix smtpd_milters=inet:127.0.0.1:8891
	deliver client 5
	evidence postfix
}
