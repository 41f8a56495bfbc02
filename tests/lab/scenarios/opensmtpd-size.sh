# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the same with OpenSMTPD
expect=size-limit
servers=opensmtpd
setup() { serve mx1 opensmtpd 'smtp max-message-size 5K' 'listen on 0.0.0.0'; }
