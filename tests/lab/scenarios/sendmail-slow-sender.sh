# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# nobody answers Sendmail's questions about the sender's domain
expect=dns-slow-server
also=dns-failure
servers=sendmail
options='--from someone@slow.test'
setup() {
	zone 'on any slow.test from 198.51.100.25 silent'
	serve mx1 sendmail "define(\`confTO_RESOLVER_RETRANS', \`2s')dnl" "define(\`confTO_RESOLVER_RETRY', \`1')dnl"
}
