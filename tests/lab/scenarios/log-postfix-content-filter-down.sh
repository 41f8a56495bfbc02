# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the log of a server whose filter behind the queue is not there
expect=proxy-filter-down
servers=postfix
setup() {
	serve mx1 postfix 'content_filter=smtp:[127.0.0.1]:10025'
	deliver client 5
	evidence postfix
}
