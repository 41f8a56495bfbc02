# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the target is a web server
expect=wrong-host
target=198.51.100.25:80
options='--timeout 15'
setup() { peer mx1 say 80 'HTTP/1.1 400 Bad Request'; }
