# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# nobody answers for this domain, and everything else resolves
expect=dns-failure
setup() { zone 'on MX lab.test silent'; }
