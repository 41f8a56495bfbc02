# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the same with OpenSMTPD
expect=auth-fail
servers=opensmtpd
target=mx1.lab.test:587
setup() { serve mx1 opensmtpd 'listen on 0.0.0.0' 'listen on 0.0.0.0 port 587 tls-require pki mx1.lab.test auth'; }
