# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# Timeout.command is 6 s
expect=server-idle-timeout-too-short
servers=sendmail
options='--idle ehlo --yes'
setup() { serve mx1 sendmail "define(\`confTO_COMMAND', \`6s')dnl"; }
