# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the target is an IMAP server
expect=wrong-host
target=mx1.lab.test:143
setup() { peer mx1 say 143 '* OK [CAPABILITY IMAP4rev1 STARTTLS] ready'; }
