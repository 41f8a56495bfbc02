# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the MX host has no address
expect=dns-misconfig
setup() { zone_drop '^mx1.lab.test A '; }
