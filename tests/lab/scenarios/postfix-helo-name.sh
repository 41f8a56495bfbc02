# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the name that we give with EHLO is no whole one
expect=reputation-block
also=client-bug-disconnects
servers=postfix
options='--helo localhost'
setup() { serve mx1 postfix smtpd_delay_reject=no smtpd_helo_restrictions=reject_non_fqdn_helo_hostname; }
