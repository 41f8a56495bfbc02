# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# port 465 speaks plain SMTP
expect=wrong-port-or-mode
servers=postfix
target=mx1.lab.test:465
setup() {
	prepare mx1 postfix
	on mx1 postconf -M '465/inet=465 inet n - n - - smtpd'
	start mx1 postfix
}
