# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the server speaks nothing newer than TLS 1.0
expect=tls-version-mismatch
servers=postfix
setup() { serve mx1 postfix smtpd_tls_protocols=TLSv1 tls_high_cipherlist='ALL:@SECLEVEL=0' tls_medium_cipherlist='ALL:@SECLEVEL=0'; }
