# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the same with Sendmail
expect=recipient-refused
servers=sendmail
target=198.51.100.25:25
options='--rcpt someone@example.org'
setup() { serve mx1 sendmail; }
