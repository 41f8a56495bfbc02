# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Exim does not believe the name that we give, and says so in its own words
expect=reputation-block
servers=exim
setup() {
	prepare mx1 exim
	exim_acl mx1 lab_helo 'deny message = You are not me'
	start mx1 exim acl_smtp_helo=lab_helo
}
