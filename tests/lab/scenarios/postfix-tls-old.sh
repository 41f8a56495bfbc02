# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the server speaks nothing newer than TLS 1.0
expect=tls-version-mismatch
servers=postfix
setup() { serve mx1 postfix smtpd_tls_protocols=TLSv1 tls_high_cipherlist='ALL:@SECLEVEL=0' tls_medium_cipherlist='ALL:@SECLEVEL=0'; }
