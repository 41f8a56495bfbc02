# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the same with Sendmail, recorded at the server
expect=client-slow
also=server-idle-timeout-too-short
servers=sendmail
setup() {
	serve mx1 sendmail "define(\`confTO_DATABLOCK', \`4s')dnl"
	record mx1
	talk client 1 'EHLO client.example.test' 'MAIL FROM:<a@client.example.test>' 'RCPT TO:<postmaster@lab.test>' DATA '@sleep 7' '@body 1024' @listen
	recorded
}
