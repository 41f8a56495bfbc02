# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the log of a server whose processes are all busy
expect=process-limit
servers=postfix
setup() {
	prepare mx1 postfix
	on mx1 postconf -M 'smtp/inet=smtp inet n - n - 2 smtpd'
	start mx1 postfix
	peer mx2 hold 198.51.100.25 25 2 'EHLO mx2.lab.test'
	timeout 3 ip netns exec client python3 "$lab/peer.py" client 198.51.100.25 25 1 'EHLO client.example.test' || :
	sleep 2
	evidence postfix
}
