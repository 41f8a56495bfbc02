# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# an ACL cannot be expanded
expect=server-fault
servers=exim
setup() {
	prepare mx1 exim
	# shellcheck disable=SC2016 # Exim expands it
	exim_acl mx1 lab_rcpt 'accept condition = ${lookup{x}lsearch{/etc/nowhere}}'
	start mx1 exim acl_smtp_rcpt=lab_rcpt
}
