# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# sendmail as its package sets it up, found by the domain
expect=healthy
servers=sendmail
setup() { serve mx1 sendmail; }
