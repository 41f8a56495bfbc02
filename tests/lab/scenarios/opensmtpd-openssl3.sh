# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# OpenSMTPD 6.8 with OpenSSL 3: every handshake fails
expect=tls-handshake-fail
servers=opensmtpd
setup() { serve mx1 opensmtpd 'listen on 0.0.0.0 tls pki mx1.lab.test'; }
