# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# MAIL, RCPT and DATA sent together
expect=healthy
servers=sendmail
options=--pipelining
setup() { serve mx1 sendmail; }
