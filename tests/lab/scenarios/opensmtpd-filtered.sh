# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a filter hangs up on addresses without a name
expect=reputation-block
also=dns-misconfig
servers=opensmtpd
setup() {
	zone_drop '^192.0.2.10 PTR'
	serve mx1 opensmtpd 'filter named phase connect match !rdns disconnect "550 no reverse DNS"' \
		'listen on 0.0.0.0 filter named'
}
