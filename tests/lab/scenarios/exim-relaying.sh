# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the server is not responsible for the domain
expect=recipient-refused
servers=exim
options='--rcpt someone@example.org'
setup() { serve mx1 exim; }
