# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# an ACL wants a login
expect=auth-fail
servers=exim
setup() {
	prepare mx1 exim
	exim_acl mx1 lab_rcpt 'deny !authenticated = *
	message = 5.7.0 Authentication required
accept'
	start mx1 exim acl_smtp_rcpt=lab_rcpt
}
