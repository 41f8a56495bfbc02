# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the MX host has a private address, and there is no way to it
expect=dns-misconfig
setup() { zone 'mx1.lab.test A 10.0.0.5'; }
