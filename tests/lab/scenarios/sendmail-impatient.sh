# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Timeout.datablock is 6 s
expect=server-idle-timeout-too-short
servers=sendmail
options='--idle data --yes'
setup() { serve mx1 sendmail "define(\`confTO_DATABLOCK', \`6s')dnl"; }
