# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the host is there, and no mail server runs
expect=server-down
setup() { :; }
