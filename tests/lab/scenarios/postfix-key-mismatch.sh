# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the key belongs to another certificate
expect=tls-handshake-fail
servers=postfix
target=198.51.100.25:25
setup() {
	prepare mx1 postfix
	on mx1 openssl genrsa -out /etc/postfix/key.pem 2048
	start mx1 postfix
}
