# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a capture of a client that opens too many connections to Sendmail
expect=too-many-connections-per-client
servers=sendmail
setup() {
	prepare mx1 sendmail
	printf 'ClientConn:192.0.2.10\t3\n' >>"$work/mx1/root/etc/mail/access"
	start mx1 sendmail "FEATURE(\`conncontrol', \`nodelay', \`terminate')dnl"
	record mx1
	peer client hold 198.51.100.25 25 3 'EHLO client.example.test'
	talk client 4 'EHLO client.example.test'
	recorded
}
