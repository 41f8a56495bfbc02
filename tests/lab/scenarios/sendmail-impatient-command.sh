# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Timeout.command is 6 s
expect=server-idle-timeout-too-short
servers=sendmail
options='--idle ehlo --yes'
setup() { serve mx1 sendmail "define(\`confTO_COMMAND', \`6s')dnl"; }
