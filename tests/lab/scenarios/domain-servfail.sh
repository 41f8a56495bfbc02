# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the domain's look-ups end in SERVFAIL
expect=dns-failure
setup() { zone 'on any lab.test servfail'; }
