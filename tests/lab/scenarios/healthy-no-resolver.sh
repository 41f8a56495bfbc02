# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Postfix on this machine, which has no name server and needs none
expect=healthy
servers=postfix
target=127.0.0.1:25
setup() {
	serve client postfix
	: >/etc/resolv.conf
}
