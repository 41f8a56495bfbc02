# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# postfix as its package sets it up, found by the domain
expect=healthy
servers=postfix
setup() { serve mx1 postfix; }
