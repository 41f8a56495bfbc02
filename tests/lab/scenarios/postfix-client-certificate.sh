# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the server wants a certificate of its clients
expect=tls-handshake-fail
servers=postfix
setup() { serve mx1 postfix smtpd_tls_security_level=encrypt smtpd_tls_req_ccert=yes; }
