# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# less room than Sendmail wants to have
expect=disk-full
servers=sendmail
setup() { serve mx1 sendmail "define(\`confMIN_FREE_BLOCKS', \`2000000000')dnl"; }
