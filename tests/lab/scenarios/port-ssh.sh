# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the target is a login server
expect=wrong-host
target=mx1.lab.test:2222
setup() { peer mx1 say 2222 SSH-2.0-OpenSSH_9.2p1; }
