# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the milter thinks about the sender for 12 s
expect=milter-slow
servers=postfix
setup() {
	peer mx1 milter 8891 mail 12
	serve mx1 postfix smtpd_milters=inet:127.0.0.1:8891
}
