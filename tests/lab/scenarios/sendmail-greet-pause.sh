# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# Sendmail lets us wait for 13 s before it greets
expect=tarpit
servers=sendmail
setup() { serve mx1 sendmail "FEATURE(\`greet_pause', \`13000')dnl"; }
