# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# this host has begun TLS too often in the last minute: STARTTLS is refused
expect=rate-limit
servers=postfix
setup() {
	serve mx1 postfix smtpd_client_new_tls_session_rate_limit=1
	talk client 2 'EHLO client.example.test' STARTTLS '@tls 5' 'EHLO client.example.test' QUIT
}
