# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a look-up table cannot be opened
expect=server-fault
servers=postfix
setup() { serve mx1 postfix 'smtpd_recipient_restrictions=check_recipient_access hash:/etc/postfix/nowhere'; }
