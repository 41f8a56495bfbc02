# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a filter lets the handshake pass, and nothing that the client says
expect=firewall-smtp-inspection
servers=postfix
options='--timeout 14'
setup() {
	serve mx1 postfix
	firewall forward ip daddr 198.51.100.25 tcp dport 25 meta length '>' 60 drop
}
