# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the host is switched off
expect=server-down
also=network-unreachable
setup() { ip -n mx1 link set eth0 down; }
