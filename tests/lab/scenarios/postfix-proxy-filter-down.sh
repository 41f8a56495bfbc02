# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# nobody has started the filter in front of the queue
expect=proxy-filter-down
servers=postfix
setup() { serve mx1 postfix smtpd_proxy_filter=127.0.0.1:10025; }
