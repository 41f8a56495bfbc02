# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a program sends a large message, and its packets vanish
expect=pmtu-blackhole
also='unknown client-timeout-too-short content-filter-slow' # one transcript cannot tell
servers=sendmail
setup() {
	serve mx1 sendmail
	narrow mx1 1280
	firewall output icmp type destination-unreachable drop
	transcript 6 'send 4000000'
}
