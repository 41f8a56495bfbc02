# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a program meets a server that holds two sessions of the same client already
expect=too-many-connections-per-client
also='process-limit rate-limit'
servers=sendmail
setup() {
	prepare mx1 sendmail
	printf 'ClientConn:192.0.2.10\t2\n' >>"$work/mx1/root/etc/mail/access"
	start mx1 sendmail "FEATURE(\`conncontrol', \`nodelay', \`terminate')dnl"
	peer client hold 198.51.100.25 25 2 'EHLO client.example.test'
	transcript 10 'send 500'
}
