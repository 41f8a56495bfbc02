# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a capture of a server that needs 12 s for the recipient: its policy service is slow
expect=policy-service-down
also='dns-slow-server milter-slow tarpit'
servers=postfix
setup() {
	peer mx1 policy 10031 12 dunno
	serve mx1 postfix 'smtpd_recipient_restrictions=check_policy_service inet:127.0.0.1:10031'
	record mx1
	deliver client 1
	recorded
}
