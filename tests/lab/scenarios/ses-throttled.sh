# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Amazon SES: the daily or the per-second quota
expect=rate-limit
setup() {
	play_server mx1 <<-'END'
	dns 127.0.0.53
	  mx lab.test 10 mx1.lab.test
	  a mx1.lab.test 127.0.0.2
	smtp 127.0.0.2
	  host mx1.lab.test
	  banner reply "220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-ABCDEFGHI"
	  mail reply "454 Throttling failure: Maximum sending rate exceeded."
	END
}
