# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# an ACL delays MAIL, RCPT and DATA by 4 s, in encrypted sessions only
expect=tarpit
servers=exim
setup() {
	prepare mx1 exim
	on mx1 openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=mx1.lab.test -keyout /etc/key.pem -out /etc/cert.pem \
		2>/dev/null
	on mx1 chmod 644 /etc/key.pem
	exim_acl mx1 lab_slow 'warn encrypted = *
  delay = 4s
accept'
	start mx1 exim 'tls_advertise_hosts=*' tls_certificate=/etc/cert.pem tls_privatekey=/etc/key.pem acl_smtp_mail=lab_slow \
		acl_smtp_rcpt=lab_slow acl_smtp_predata=lab_slow
}
