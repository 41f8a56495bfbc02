# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Amazon SES: the daily or the per-second quota
expect=rate-limit
setup() {
	play_mx1 <<-'END'
	  banner reply "220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-ABCDEFGHI"
	  mail reply "454 Throttling failure: Maximum sending rate exceeded."
	END
}
