# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Exim offers TLS without a certificate that it could read
expect=tls-handshake-fail
servers=exim
setup() { serve mx1 exim 'tls_advertise_hosts=*' tls_certificate=/etc/nowhere.pem; }
