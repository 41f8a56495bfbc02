# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the certificate has expired: opportunistic TLS does not care
expect=healthy
servers=postfix
setup() {
	prepare mx1 postfix
	on mx1 openssl req -x509 -newkey rsa:2048 -nodes -days 0 -subj /CN=mx1.lab.test \
		-keyout /etc/postfix/key.pem -out /etc/postfix/cert.pem
	sleep 1
	start mx1 postfix
}
