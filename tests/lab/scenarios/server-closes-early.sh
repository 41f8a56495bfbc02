# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the server hangs up before it greets
expect=server-fault
also=unknown # it says nothing
setup() {
	play_server mx1 <<-'END'
	dns 127.0.0.53
	  mx lab.test 10 mx1.lab.test
	  a mx1.lab.test 127.0.0.2
	smtp 127.0.0.2
	  host mx1.lab.test
	  banner close
	END
}
