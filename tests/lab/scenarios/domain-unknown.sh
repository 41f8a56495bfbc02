# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the domain does not exist
expect=dns-misconfig
target=nowhere.test
setup() { :; }
