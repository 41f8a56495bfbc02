# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the domain's look-ups end in SERVFAIL
expect=dns-failure
setup() { zone 'on any lab.test servfail'; }
