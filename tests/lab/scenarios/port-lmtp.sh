# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the target speaks LMTP
expect=wrong-port-or-mode
target=mx1.lab.test:24
options='--timeout 15'
setup() { peer mx1 say 24 '220 mx1.lab.test LMTP ready'; }
