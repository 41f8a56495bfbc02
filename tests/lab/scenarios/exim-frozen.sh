# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the daemon hangs
expect=process-limit
also='overload-stress server-fault'
servers=exim
options='--timeout 20'
setup() {
	serve mx1 exim
	kill -STOP "$(cat "$work/mx1/root/run/exim4/exim.pid")"
}
