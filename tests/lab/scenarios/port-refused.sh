# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the host is there, and no mail server runs
expect=server-down
setup() { :; }
