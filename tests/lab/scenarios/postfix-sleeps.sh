# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Postfix sleeps for 3 s before its banner, at HELO, MAIL and RCPT
expect=tarpit
servers=postfix
setup() {
	serve mx1 postfix smtpd_delay_reject=no smtpd_helo_required=yes 'smtpd_client_restrictions=sleep 3' \
		'smtpd_helo_restrictions=sleep 3' 'smtpd_sender_restrictions=sleep 3' \
		'smtpd_recipient_restrictions=sleep 3, reject_unauth_destination'
}
