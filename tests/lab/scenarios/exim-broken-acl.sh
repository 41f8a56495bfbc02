# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# an ACL cannot be expanded
expect=server-fault
servers=exim
setup() {
	prepare mx1 exim
	exim_acl mx1 lab_rcpt 'accept condition = ${lookup{x}lsearch{/etc/nowhere}}'
	start mx1 exim acl_smtp_rcpt=lab_rcpt
}
