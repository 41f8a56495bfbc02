# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the same with Sendmail
expect=size-limit
servers=sendmail
setup() { serve mx1 sendmail "define(\`confMAX_MESSAGE_SIZE', \`5000')dnl"; }
