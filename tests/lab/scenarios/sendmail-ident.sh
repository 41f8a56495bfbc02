# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# Sendmail asks for ident, and a filter on our side drops it
expect=ident-timeout
servers=sendmail
setup() {
	firewall_of client input tcp dport 113 drop
	serve mx1 sendmail "define(\`confTO_IDENT', \`5s')dnl"
}
