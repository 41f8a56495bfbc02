# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Exim (GnuTLS) with nothing newer than TLS 1.1
expect=tls-version-mismatch
servers=exim
setup() {
	prepare mx1 exim
	on mx1 openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=mx1.lab.test -keyout /etc/key.pem -out /etc/cert.pem \
		2>/dev/null
	on mx1 chmod 644 /etc/key.pem
	start mx1 exim 'tls_advertise_hosts=*' tls_certificate=/etc/cert.pem tls_privatekey=/etc/key.pem \
		'tls_require_ciphers=NORMAL:-VERS-ALL:+VERS-TLS1.1'
}
