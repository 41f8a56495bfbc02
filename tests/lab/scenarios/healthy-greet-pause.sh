# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# Sendmail waits 3 s for bots that talk early
expect=healthy
servers=sendmail
setup() { serve mx1 sendmail "FEATURE(\`greet_pause', \`3000')dnl"; }
