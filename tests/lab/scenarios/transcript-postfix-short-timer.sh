# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a program waits 3 s for the reply to its message, and the server's milter takes 6 s
expect=client-timeout-too-short
also='milter-slow content-filter-slow'
servers=postfix
setup() {
	peer mx1 milter 8891 data 6
	serve mx1 postfix smtpd_milters=inet:127.0.0.1:8891 milter_content_timeout=30s
	transcript 3 'send 500'
}
