# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the mailbox is full
expect=recipient-refused
servers=exim
setup() {
	prepare mx1 exim
	exim_acl mx1 lab_rcpt 'defer message = 452 4.2.2 Mailbox is full / quota exceeded'
	start mx1 exim acl_smtp_rcpt=lab_rcpt
}
