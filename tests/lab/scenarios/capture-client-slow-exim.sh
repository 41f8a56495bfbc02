# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the same with Exim, recorded at the client
expect=client-slow
also=server-idle-timeout-too-short
servers=exim
setup() {
	serve mx1 exim smtp_receive_timeout=4s
	record client
	talk client 1 'EHLO client.example.test' 'MAIL FROM:<a@client.example.test>' 'RCPT TO:<postmaster@lab.test>' DATA '@sleep 7' '@body 1024' @listen
	recorded
}
