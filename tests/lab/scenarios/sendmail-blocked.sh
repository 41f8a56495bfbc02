# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the access map has our address
expect=reputation-block
servers=sendmail
setup() {
	prepare mx1 sendmail
	printf 'Connect:192.0.2.10\tREJECT\n' >>"$work/mx1/root/etc/mail/access"
	start mx1 sendmail
}
