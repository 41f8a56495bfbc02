#!/bin/sh
#
# iptables.sh - the packet filter's commands, for cli/mtu_fixes.sh: unpacked there, since what is installed decides what other
# tests find
# package: iptables
