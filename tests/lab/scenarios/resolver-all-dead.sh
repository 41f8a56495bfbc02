# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# no name server here answers
expect=dns-slow-resolver
setup() { resolvers 203.0.113.99 203.0.113.98; }
