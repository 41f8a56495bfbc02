# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the log of a server whose client says nothing after DATA
expect=client-slow
also='server-idle-timeout-too-short pmtu-blackhole' # with such a small smtpd_timeout=4s the log cannot tell
servers=postfix
setup() {
	serve mx1 postfix smtpd_timeout=4s
	deliver mx2 10
	talk client 4 'EHLO client.example.test' 'MAIL FROM:<a@client.example.test>' 'RCPT TO:<postmaster@lab.test>' DATA '@sleep 6'
	evidence postfix
}
