# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# postfix as its package sets it up, found by the domain
expect=healthy
servers=postfix
setup() { serve mx1 postfix; }
