# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# an access map that puts strangers off
expect=greylisting
servers=sendmail
setup() {
	prepare mx1 sendmail
	printf 'To:postmaster@lab.test\tERROR:4.7.1:451 Greylisting in action, please come back later\n' \
		>>"$work/mx1/root/etc/mail/access"
	start mx1 sendmail "FEATURE(\`blacklist_recipients')dnl"
}
