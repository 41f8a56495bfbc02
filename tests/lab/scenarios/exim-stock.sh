# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# exim as its package sets it up, found by the domain
expect=healthy
servers=exim
setup() { serve mx1 exim; }
