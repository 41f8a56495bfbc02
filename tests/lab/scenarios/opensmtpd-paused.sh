# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the administrator has paused the service: the kernel takes connections, and nobody greets
expect=server-down
also='server-fault process-limit overload-stress'
servers=opensmtpd
options='--timeout 20'
setup() {
	serve mx1 opensmtpd
	on mx1 smtpctl pause smtp >&2
}
