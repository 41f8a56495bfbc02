# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a firewall on the server takes one new connection a minute, and drops the next ones
expect=rate-limit
servers=postfix
options='--timeout 50'
setup() {
	serve mx1 postfix
	at mx1 nft add table inet lab
	at mx1 nft add chain inet lab input '{ type filter hook input priority 0; }'
	at mx1 nft add rule inet lab input tcp dport 25 ct state new meter m '{ ip saddr limit rate over 1/minute burst 1 packets }' drop
}
