# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the first of two name servers here never answers
expect=dns-slow-resolver
servers=sendmail
setup() {
	serve mx1 sendmail
	zone 'on any * at 203.0.113.54 silent'
	resolvers 203.0.113.54 203.0.113.53
}
