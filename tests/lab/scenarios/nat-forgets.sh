# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a firewall forgets the session after 4 s of silence, and drops what comes then
expect=nat-idle-timeout
servers=postfix
options='--idle data --yes --timeout 13'
setup() {
	serve mx1 postfix
	forget 4 drop
}
