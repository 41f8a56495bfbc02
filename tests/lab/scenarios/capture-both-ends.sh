# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a black hole, recorded at both ends
expect=pmtu-blackhole
servers=postfix
setup() {
	serve mx1 postfix smtpd_timeout=5s
	narrow mx1 1280
	firewall output icmp type destination-unreachable drop
	record client
	first=$recorder
	record mx1
	talk client 1 'EHLO client.example.test' 'MAIL FROM:<a@client.example.test>' 'RCPT TO:<postmaster@lab.test>' DATA '@body 20000' @listen
	kill -INT "$first"
	wait "$first" || :
	recorded
	files="$work/client.pcap $work/mx1.pcap"
}
