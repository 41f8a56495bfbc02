# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the same with Sendmail
expect=recipient-refused
servers=sendmail
target=198.51.100.25:25
options='--rcpt someone@example.org'
setup() { serve mx1 sendmail; }
