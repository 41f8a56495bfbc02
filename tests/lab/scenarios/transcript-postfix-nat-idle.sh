# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a device in between has forgotten the idle session of a pool, and says nothing
expect=nat-idle-timeout
also=stale-pooled-connection
servers=postfix
setup() {
	serve mx1 postfix
	{ sleep 4; firewall forward tcp dport 25 drop; } &
	transcript 8 'send 500' 'sleep 36' 'send 500'
}
