# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the MX host has no address
expect=dns-misconfig
setup() { zone_drop '^mx1.lab.test A '; }
