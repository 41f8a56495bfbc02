# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the domain takes no mail (RFC 7505)
expect=null-mx
setup() { zone 'lab.test MX 0 .'; }
