# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the administrator has paused the service: the kernel takes connections, and nobody greets
expect=server-down
also='server-fault process-limit overload-stress'
servers=opensmtpd
options='--timeout 20'
setup() {
	serve mx1 opensmtpd
	on mx1 smtpctl pause smtp >&2
}
