# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a policy service that greylists; Postfix takes the bare postmaster past it
expect=greylisting
servers=postfix
target=198.51.100.25:25
setup() {
	peer mx1 policy 10031 0 DEFER_IF_PERMIT 4.2.0 Greylisted, please come back in 300 seconds
	serve mx1 postfix 'smtpd_recipient_restrictions=check_policy_service inet:127.0.0.1:10031'
}
