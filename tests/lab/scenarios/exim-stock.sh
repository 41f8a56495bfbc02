# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# exim as its package sets it up, found by the domain
expect=healthy
servers=exim
setup() { serve mx1 exim; }
