# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# an ACL delays every reply by 5 s
expect=tarpit
servers=exim
setup() {
	prepare mx1 exim
	exim_acl mx1 lab_slow 'accept delay = 5s'
	start mx1 exim acl_smtp_connect=lab_slow acl_smtp_helo=lab_slow acl_smtp_mail=lab_slow acl_smtp_rcpt=lab_slow \
		acl_smtp_predata=lab_slow
}
