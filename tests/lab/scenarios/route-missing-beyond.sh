# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# a router on the way has no route
expect=network-unreachable
target=198.51.100.25
setup() { ip route add unreachable 198.51.100.25/32; }
