# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# TLS from the first byte where nobody would think of it
expect=wrong-port-or-mode
servers=postfix
target=198.51.100.25:2465
options='--timeout 15'
setup() { serve mx1 postfix; }
