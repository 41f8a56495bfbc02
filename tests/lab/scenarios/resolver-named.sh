# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# resolv.conf has a name where an address belongs
expect=dns-misconfig
setup() { printf 'nameserver ns1.lab.test\n' >/etc/resolv.conf; }
