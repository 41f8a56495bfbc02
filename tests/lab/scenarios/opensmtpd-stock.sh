# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# opensmtpd as its package sets it up, found by the domain
expect=healthy
servers=opensmtpd
setup() { serve mx1 opensmtpd; }
