# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# large packets to the server vanish: a tunnel, and a filter that drops what ICMP says about it
expect=pmtu-blackhole
servers=exim
setup() {
	serve mx1 exim
	narrow mx1 1280
	firewall output icmp type destination-unreachable drop
}
