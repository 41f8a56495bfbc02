# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# host_reject_connection has our address
expect=reputation-block
servers=exim
setup() { serve mx1 exim host_reject_connection=192.0.2.10; }
