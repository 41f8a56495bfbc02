# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the same with Sendmail
expect=too-many-connections-per-client
servers=sendmail
setup() {
	prepare mx1 sendmail
	printf 'ClientConn:192.0.2.10\t2\n' >>"$work/mx1/root/etc/mail/access"
	start mx1 sendmail "FEATURE(\`conncontrol', \`nodelay', \`terminate')dnl"
	peer client hold 198.51.100.25 25 2 'EHLO client.example.test'
}
