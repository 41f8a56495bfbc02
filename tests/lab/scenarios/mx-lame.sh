# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the domain's name server knows nothing of it
expect=dns-misconfig
setup() {
	zone 'ns1.lab.test A 203.0.113.54'
	zone 'on any lab.test at 203.0.113.54 lame' 'on MX lab.test servfail' 'on A lab.test servfail' 'on TXT lab.test servfail'
}
