# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the host is switched off
expect=server-down
also=network-unreachable
setup() { ip -n mx1 link set eth0 down; }
