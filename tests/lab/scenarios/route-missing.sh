# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# this machine has no default route
expect=network-unreachable
target=198.51.100.25:25
setup() { at client ip route del default; }
