# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the same with OpenSMTPD
expect=size-limit
servers=opensmtpd
setup() { serve mx1 opensmtpd 'smtp max-message-size 5K' 'listen on 0.0.0.0'; }
