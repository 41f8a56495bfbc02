# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the log of a server whose policy service is not there
expect=policy-service-down
servers=postfix
setup() {
	serve mx1 postfix 'smtpd_recipient_restrictions=check_policy_service inet:127.0.0.1:10031'
	deliver client 3
	evidence postfix
}
