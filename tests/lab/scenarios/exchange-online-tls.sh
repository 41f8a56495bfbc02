# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Exchange Online wants TLS 1.2
expect=tls-version-mismatch
setup() {
	play_mx1 <<-'END'
	  banner reply "220 AM1.mail.protection.outlook.com Microsoft ESMTP MAIL Service ready at {date}"
	  mail reply "421 4.7.66 TLS 1.0 and 1.1 are not supported. Please upgrade/update your client to support TLS 1.2." close
	END
}
