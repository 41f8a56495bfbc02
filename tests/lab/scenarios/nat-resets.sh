# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a firewall forgets the session after 4 s of silence, and answers with a reset
expect=nat-idle-timeout
servers=sendmail
options='--idle rcpt --yes --timeout 13'
setup() {
	serve mx1 sendmail
	forget 4 reject with tcp reset
}
