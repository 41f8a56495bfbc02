# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the target is a web server
expect=wrong-host
target=198.51.100.25:80
options='--timeout 15'
setup() { peer mx1 say 80 'HTTP/1.1 400 Bad Request'; }
