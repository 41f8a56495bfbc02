# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Exchange: all connections that it may have
expect=process-limit
setup() {
	play_mx1 <<-'END'
	  banner reply "421 4.3.2 The maximum number of concurrent connections has exceeded a limit, closing transmission channel" close
	END
}
