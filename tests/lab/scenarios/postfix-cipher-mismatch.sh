# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# no common cipher
expect=tls-version-mismatch
servers=postfix
setup() {
	serve mx1 postfix smtpd_tls_protocols=TLSv1.2 tls_medium_cipherlist='CAMELLIA256-SHA:@SECLEVEL=0'
}
