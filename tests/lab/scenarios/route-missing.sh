# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# this machine has no default route
expect=network-unreachable
target=198.51.100.25:25
setup() { at client ip route del default; }
