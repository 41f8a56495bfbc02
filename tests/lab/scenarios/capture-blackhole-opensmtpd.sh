# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a capture at the client: large packets vanish on the way to OpenSMTPD
expect=pmtu-blackhole
servers=opensmtpd
setup() {
	serve mx1 opensmtpd
	narrow mx1 1280
	firewall output icmp type destination-unreachable drop
	record client
	talk client 1 'EHLO client.example.test' 'MAIL FROM:<a@client.example.test>' 'RCPT TO:<postmaster@lab.test>' DATA '@body 20000' @listen &
	sleep 8
	recorded
}
