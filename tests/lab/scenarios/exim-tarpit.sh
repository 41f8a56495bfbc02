# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# an ACL delays every reply by 5 s
expect=tarpit
servers=exim
setup() {
	prepare mx1 exim
	exim_acl mx1 lab_slow 'accept delay = 5s'
	start mx1 exim acl_smtp_connect=lab_slow acl_smtp_helo=lab_slow acl_smtp_mail=lab_slow acl_smtp_rcpt=lab_slow \
		acl_smtp_predata=lab_slow
}
