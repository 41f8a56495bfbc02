# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# smtpd_timeout is 5 s
expect=server-idle-timeout-too-short
servers=postfix
options='--idle data --yes'
setup() { serve mx1 postfix smtpd_timeout=5s; }
