# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the target is an IMAP server
expect=wrong-host
target=mx1.lab.test:143
setup() { peer mx1 say 143 '* OK [CAPABILITY IMAP4rev1 STARTTLS] ready'; }
