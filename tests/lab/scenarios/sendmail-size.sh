# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the same with Sendmail
expect=size-limit
servers=sendmail
setup() { serve mx1 sendmail "define(\`confMAX_MESSAGE_SIZE', \`5000')dnl"; }
