# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# MAIL, RCPT and DATA sent together
expect=healthy
servers=sendmail
options=--pipelining
setup() { serve mx1 sendmail; }
