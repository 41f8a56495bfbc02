# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the milter thinks about the sender for 12 s
expect=milter-slow
servers=postfix
setup() {
	peer mx1 milter 8891 mail 12
	serve mx1 postfix smtpd_milters=inet:127.0.0.1:8891
}
