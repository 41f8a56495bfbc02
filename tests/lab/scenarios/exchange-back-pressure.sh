# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Exchange under back pressure
expect=overload-stress
setup() {
	play_mx1 <<-'END'
	  banner reply "220 EX01.lab.test Microsoft ESMTP MAIL Service ready at {date}"
	  mail reply "452 4.3.1 Insufficient system resources"
	END
}
