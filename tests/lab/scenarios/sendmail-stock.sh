# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# A stock server of the domain: nothing is wrong
expect=healthy
servers=sendmail
setup() { serve mx1 sendmail; }
