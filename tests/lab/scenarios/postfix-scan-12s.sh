# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the milter takes 12 s for the message
expect=content-filter-slow
also=milter-slow
servers=postfix
options='--deliver --rcpt postmaster@lab.test'
setup() {
	peer mx1 milter 8891 end 12
	serve mx1 postfix smtpd_milters=inet:127.0.0.1:8891
}
