# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# Postfix under stress: 10 s of patience
expect=overload-stress
also=server-idle-timeout-too-short # a setting of 10 s looks the same
servers=postfix
options='--idle data --yes'
setup() {
	prepare mx1 postfix
	on mx1 postconf -P smtp/inet/stress=yes
	start mx1 postfix
}
