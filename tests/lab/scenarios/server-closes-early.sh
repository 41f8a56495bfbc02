# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the server hangs up before it greets
expect=server-fault
also=unknown # it says nothing
setup() {
	play_mx1 <<-'END'
	  banner close
	END
}
