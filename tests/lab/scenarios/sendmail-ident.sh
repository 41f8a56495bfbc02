# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Sendmail asks for ident, and a filter on our side drops it
expect=ident-timeout
servers=sendmail
setup() {
	firewall_of client input tcp dport 113 drop
	serve mx1 sendmail "define(\`confTO_IDENT', \`5s')dnl"
}
