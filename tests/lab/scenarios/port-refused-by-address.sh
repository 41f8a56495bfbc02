# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the same by address, without name servers
expect=server-down
target=198.51.100.25:25
setup() { resolvers 203.0.113.99; }
