# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a capture of mail that arrives over TLS
expect=healthy
servers=postfix
setup() {
	serve mx1 postfix
	record client
	talk client 2 'EHLO client.example.test' STARTTLS '@tls 5' 'EHLO client.example.test' 'MAIL FROM:<a@client.example.test>' 'RCPT TO:<postmaster@lab.test>' DATA '@body 60000' . QUIT
	recorded
}
