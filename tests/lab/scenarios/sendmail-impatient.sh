# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# Timeout.datablock is 6 s
expect=server-idle-timeout-too-short
servers=sendmail
options='--idle data --yes'
setup() { serve mx1 sendmail "define(\`confTO_DATABLOCK', \`6s')dnl"; }
