# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the master process hangs: connections are taken by the kernel, and nobody greets
expect=process-limit
also='overload-stress server-fault'
servers=postfix
options='--timeout 20'
setup() {
	serve mx1 postfix
	kill -STOP "$(cat "$work/mx1/root/var/spool/postfix/pid/master.pid")"
}
