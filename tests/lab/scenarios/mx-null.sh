# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the domain takes no mail (RFC 7505)
expect=null-mx
setup() { zone 'lab.test MX 0 .'; }
