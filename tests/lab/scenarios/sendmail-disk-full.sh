# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# less room than Sendmail wants to have
expect=disk-full
servers=sendmail
setup() { serve mx1 sendmail "define(\`confMIN_FREE_BLOCKS', \`2000000000')dnl"; }
