# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a firewall drops whatever begins like TLS
expect=firewall-smtp-inspection
servers=exim
options='--timeout 30'
setup() {
	prepare mx1 exim
	on mx1 sh -c 'openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=mx1.lab.test -keyout /etc/k.pem -out /etc/c.pem 2>/dev/null; chmod 644 /etc/k.pem'
	start mx1 exim 'tls_advertise_hosts=*' tls_certificate=/etc/c.pem tls_privatekey=/etc/k.pem
	firewall forward ip daddr 198.51.100.25 tcp dport 25 @ih,0,16 0x1603 drop
}
