# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a rule of this very machine refuses port 25 outwards
expect=firewall-port-blocked
setup() { firewall_of client output tcp dport 25 reject; }
