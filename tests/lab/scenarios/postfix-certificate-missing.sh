# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the certificate file is not there
expect=tls-handshake-fail
servers=postfix
setup() { serve mx1 postfix smtpd_tls_cert_file=/etc/nowhere.pem; }
