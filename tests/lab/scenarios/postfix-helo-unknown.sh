# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the name that we give with EHLO does not exist
expect=dns-misconfig
servers=postfix
options='--helo gateway.nowhere.test'
setup() { serve mx1 postfix smtpd_helo_restrictions=reject_unknown_helo_hostname; }
