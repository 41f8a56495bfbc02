# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
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
