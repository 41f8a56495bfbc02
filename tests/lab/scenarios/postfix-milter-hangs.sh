# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the milter takes the connection and never answers
expect=milter-slow
servers=postfix
setup() {
	peer mx1 silent 8891
	serve mx1 postfix smtpd_milters=inet:127.0.0.1:8891 milter_connect_timeout=7s milter_command_timeout=7s
}
