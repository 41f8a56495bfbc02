# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the server is not responsible for the domain
expect=recipient-refused
servers=exim
options='--rcpt someone@example.org'
setup() { serve mx1 exim; }
