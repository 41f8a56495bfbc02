# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the target is a login server
expect=wrong-host
target=mx1.lab.test:2222
setup() { peer mx1 say 2222 SSH-2.0-OpenSSH_9.2p1; }
