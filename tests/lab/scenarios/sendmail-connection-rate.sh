# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the same with Sendmail
expect=rate-limit
servers=sendmail
setup() {
	prepare mx1 sendmail
	printf 'ClientRate:192.0.2.10\t2\n' >>"$work/mx1/root/etc/mail/access"
	start mx1 sendmail "FEATURE(\`ratecontrol', \`nodelay', \`terminate')dnl"
	peer client hold 198.51.100.25 25 2 'EHLO client.example.test'
}
