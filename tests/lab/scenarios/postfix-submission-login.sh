# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a submission port wants a login
expect=auth-fail
also=reputation-block
servers=postfix
target=mx1.lab.test:587
setup() {
	prepare mx1 postfix
	on mx1 postconf -M 'submission/inet=submission inet n - n - - smtpd -o smtpd_client_restrictions=permit_sasl_authenticated,reject'
	start mx1 postfix
}
