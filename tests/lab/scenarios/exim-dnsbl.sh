# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# our address is on a block list, and an ACL says so
expect=reputation-block
servers=exim
setup() {
	zone '10.2.0.192.bl.lab.test A 127.0.0.2'
	prepare mx1 exim
	exim_acl mx1 lab_rcpt 'deny dnslists = bl.lab.test
	message = $sender_host_address is listed at $dnslist_domain
accept'
	start mx1 exim acl_smtp_rcpt=lab_rcpt
}
