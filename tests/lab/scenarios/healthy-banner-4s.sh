# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the banner comes after 4 s, on purpose: RFC 5321 allows minutes
expect=healthy
servers=exim
setup() {
	prepare mx1 exim
	exim_acl mx1 lab_connect 'accept delay = 4s'
	start mx1 exim acl_smtp_connect=lab_connect
}
