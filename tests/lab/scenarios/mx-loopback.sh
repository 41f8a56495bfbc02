# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the MX host's address is 127.0.0.1
expect=dns-misconfig
setup() { zone 'mx1.lab.test A 127.0.0.1'; }
