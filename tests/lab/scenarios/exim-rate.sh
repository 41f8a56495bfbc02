# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# an Exim ACL counts our connections
expect=rate-limit
servers=exim
setup() {
	prepare mx1 exim
	exim_acl mx1 lab_connect 'defer ratelimit = 0 / 1h / strict
	message = Sender rate $sender_rate / $sender_rate_period exceeds the limit
accept'
	start mx1 exim acl_smtp_connect=lab_connect
}
