# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the server waits for a load balancer's PROXY line
expect=wrong-port-or-mode
servers=postfix
setup() { serve mx1 postfix smtpd_upstream_proxy_protocol=haproxy; }
