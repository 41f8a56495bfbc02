# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the same in front of Sendmail
expect=firewall-smtp-inspection
servers=sendmail
target=198.51.100.25:25
setup() {
	serve mx1 sendmail
	background rewrite python3 "$lab/peer.py" rewrite 2525 198.51.100.25
	nft add table ip fixup
	nft add chain ip fixup in '{ type nat hook prerouting priority -100; }'
	nft add rule ip fixup in tcp dport 25 redirect to :2525
}
