# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the same with Exim
expect=size-limit
servers=exim
setup() { serve mx1 exim message_size_limit=5K; }
