# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the access map has our address
expect=reputation-block
servers=sendmail
setup() {
	prepare mx1 sendmail
	printf 'Connect:192.0.2.10\tREJECT\n' >>"$work/mx1/root/etc/mail/access"
	start mx1 sendmail
}
