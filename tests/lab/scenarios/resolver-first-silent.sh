# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the first of two name servers here never answers
expect=dns-slow-resolver
servers=sendmail
setup() {
	serve mx1 sendmail
	zone 'on any * at 203.0.113.54 silent'
	resolvers 203.0.113.54 203.0.113.53
}
