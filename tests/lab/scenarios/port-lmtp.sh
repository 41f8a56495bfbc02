# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the target speaks LMTP
expect=wrong-port-or-mode
target=mx1.lab.test:24
setup() { peer mx1 say 24 '220 mx1.lab.test LMTP ready'; }
