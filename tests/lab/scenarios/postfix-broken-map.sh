# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# a look-up table cannot be opened
expect=server-fault
servers=postfix
setup() { serve mx1 postfix 'smtpd_recipient_restrictions=check_recipient_access hash:/etc/postfix/nowhere'; }
