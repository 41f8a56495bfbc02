# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Gmail: an unusual rate
expect=rate-limit
setup() {
	play_mx1 <<-'END'
	  banner reply "220 mx.google.com ESMTP a1-20020a05600c4f0100b003f0 - gsmtp"
	  data reply "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating" "421-4.7.28 from your IP address. To protect our users from spam, mail sent from your" "421 4.7.28 IP address has been temporarily rate limited. a1-20020a05600c - gsmtp" close
	END
}
