# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the certificate file is not there
expect=tls-handshake-fail
servers=postfix
setup() { serve mx1 postfix smtpd_tls_cert_file=/etc/nowhere.pem; }
