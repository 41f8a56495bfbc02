# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a router on the way has no route
expect=network-unreachable
target=198.51.100.25
setup() { ip route add unreachable 198.51.100.25/32; }
