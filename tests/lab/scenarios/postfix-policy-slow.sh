# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the policy service takes 12 s
expect=policy-service-down
also='dns-slow-server milter-slow'
servers=postfix
setup() {
	peer mx1 policy 10031 12 dunno
	serve mx1 postfix 'smtpd_recipient_restrictions=check_policy_service inet:127.0.0.1:10031'
}
