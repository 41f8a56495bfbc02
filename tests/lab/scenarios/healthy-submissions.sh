# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# port 465: TLS from the first byte, as RFC 8314 has it
expect=healthy
servers=postfix
target=mx1.lab.test:465
setup() { serve mx1 postfix; }
