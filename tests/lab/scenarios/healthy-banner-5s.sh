# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Exim pauses for 5 s, and its ident query is refused at once
expect=healthy
servers=exim
setup() {
	prepare mx1 exim
	exim_acl mx1 lab_connect 'accept delay = 5s'
	start mx1 exim acl_smtp_connect=lab_connect 'rfc1413_hosts=*' rfc1413_query_timeout=5s
}
