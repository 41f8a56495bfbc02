# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a capture at the server: its certificate does not reach the client
expect=pmtu-blackhole
servers=postfix
setup() {
	prepare mx1 postfix
	on mx1 openssl req -x509 -newkey rsa:4096 -nodes -days 30 -subj /CN=mx1.lab.test -addext \
		"subjectAltName=$(for i in 1 2 3 4 5 6 7 8 9; do printf 'DNS:host-%d.a-rather-long-name.lab.test,' $i; done)DNS:mx1.lab.test" \
		-keyout /etc/postfix/key.pem -out /etc/postfix/cert.pem 2>/dev/null
	start mx1 postfix
	narrow client 1280
	firewall output icmp type destination-unreachable drop
	record mx1
	talk client 1 'EHLO client.example.test' STARTTLS '@tls 6'
	recorded
}
