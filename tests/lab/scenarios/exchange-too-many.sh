# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Exchange: all connections that it may have
expect=process-limit
setup() {
	play_server mx1 <<-'END'
	dns 127.0.0.53
	  mx lab.test 10 mx1.lab.test
	  a mx1.lab.test 127.0.0.2
	smtp 127.0.0.2
	  host mx1.lab.test
	  banner reply "421 4.3.2 The maximum number of concurrent connections has exceeded a limit, closing transmission channel" close
	END
}
