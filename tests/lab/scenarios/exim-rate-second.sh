# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Exim's ACL takes six connections a minute; five are used up, so the probe's first passes and later ones do not
expect=rate-limit
servers=exim
setup() {
	prepare mx1 exim
	exim_acl mx1 lab_connect 'defer ratelimit = 6 / 1m / strict
	message = Too fast: $sender_rate / $sender_rate_period
accept'
	start mx1 exim acl_smtp_connect=lab_connect
	talk client 5 'EHLO client.example.test' QUIT
}
