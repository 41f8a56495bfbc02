# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# there is no such mailbox
expect=recipient-refused
servers=opensmtpd
options='--rcpt nobody-of-that-name@lab.test'
setup() { serve mx1 opensmtpd; }
