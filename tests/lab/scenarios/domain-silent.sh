# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# nobody answers for this domain, and everything else resolves
expect=dns-failure
setup() { zone 'on MX lab.test silent'; }
