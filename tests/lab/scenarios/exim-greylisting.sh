# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# an ACL that greylists in its own words
expect=greylisting
servers=exim
setup() {
	prepare mx1 exim
	exim_acl mx1 lab_rcpt 'defer message = Please come back in five minutes'
	start mx1 exim acl_smtp_rcpt=lab_rcpt
}
