# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# no name server here answers
expect=dns-slow-resolver
setup() { resolvers 203.0.113.99 203.0.113.98; }
