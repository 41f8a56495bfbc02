# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a milter that does its work
expect=healthy
servers=postfix
setup() {
	peer mx1 milter 8891
	serve mx1 postfix smtpd_milters=inet:127.0.0.1:8891
}
