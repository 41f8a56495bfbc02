# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# there is no such mailbox
expect=recipient-refused
servers=opensmtpd
options='--rcpt nobody-of-that-name@lab.test'
setup() { serve mx1 opensmtpd; }
