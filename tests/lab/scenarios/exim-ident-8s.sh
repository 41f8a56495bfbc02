# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Exim waits 8 s for ident, and a filter on our side drops it
expect=ident-timeout
servers=exim
setup() {
	firewall_of client input tcp dport 113 drop
	serve mx1 exim 'rfc1413_hosts=*' rfc1413_query_timeout=8s
}
