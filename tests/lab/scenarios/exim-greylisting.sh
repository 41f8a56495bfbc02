# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# an ACL that greylists in its own words
expect=greylisting
servers=exim
setup() {
	prepare mx1 exim
	exim_acl mx1 lab_rcpt 'defer message = Please come back in five minutes'
	start mx1 exim acl_smtp_rcpt=lab_rcpt
}
