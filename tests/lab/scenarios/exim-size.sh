# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the same with Exim
expect=size-limit
servers=exim
setup() { serve mx1 exim message_size_limit=5K; }
