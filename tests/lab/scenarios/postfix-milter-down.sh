# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# nobody has started the milter
expect=milter-slow
servers=postfix
setup() { serve mx1 postfix smtpd_milters=inet:127.0.0.1:8891; }
