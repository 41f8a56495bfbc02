# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a capture of a server that stops reading in the middle of a message: its window closes
expect=overload-stress
also='server-fault content-filter-slow milter-slow'
servers=postfix
setup() {
	serve mx1 postfix message_size_limit=0
	record client
	talk client 1 'EHLO client.example.test' 'MAIL FROM:<a@client.example.test>' 'RCPT TO:<postmaster@lab.test>' DATA \
		'@meet data' '@body 8000000' . QUIT &
	talking=$!
	meet data freeze smtpd
	sleep 8
	thaw
	wait $talking
	recorded
}
