# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the filter in front of the queue scans and scans
expect=content-filter-slow
servers=postfix
options='--deliver --rcpt postmaster@lab.test --timeout 25'
setup() {
	play mx1 <<-'END'
	dns 127.0.0.53
	  mx lab.test 10 mx1.lab.test
	  a mx1.lab.test 127.0.0.2
	smtp 127.0.0.2
	  end delay 60s reply "250 2.0.0 Ok"
	END
	serve mx1 postfix "smtpd_proxy_filter=127.0.0.2:$demo_port"
}
