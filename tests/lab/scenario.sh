#!/bin/sh
#
# scenario.sh FILE - the first process of a scenario's namespaces: lays the network, injects the fault, runs smtpdx, judges
#
# From tests/lab/run come $SMTPDX_SRCDIR, $SMTPDX, $roots (the servers' roots) and $work (an empty folder).

# shellcheck disable=SC2154 # the variables that run exports, see above
set -eu

name=$(basename "$1" .sh)
expect='' also='' target=lab.test options='' files='' servers=''
trap '[ $? = 0 ] || printf "%-30s %-32s %-32s      -    -       -\n" "$name" "$expect" broken' EXIT

mount -t proc none /proc
mount -t tmpfs -o mode=755 none "$work"
mount -t tmpfs -o mode=755 none /run
# Its own /etc: what is written there is gone afterwards.
mkdir /run/netns "$work/etc" "$work/etc/upper" "$work/etc/work" "$work/home"
mount -t overlay -o "lowerdir=/etc,upperdir=$work/etc/upper,workdir=$work/etc/work" none /etc
rm -f /etc/resolv.conf
printf '127.0.0.1 localhost\n::1 localhost\n' >/etc/hosts
echo client >/proc/sys/kernel/hostname
HOME=$work/home XDG_CONFIG_HOME=$work/home
export HOME XDG_CONFIG_HOME
cd "$work"

. "$SMTPDX_SRCDIR/tests/lab/lib.sh"
# shellcheck disable=SC1090 # the scenario
. "$1"
network
default_zone
background dns at dns python3 "$lab/dns.py" "$work/zone" 203.0.113.53 203.0.113.54 2001:db8:53::53
setup

verb=check
[ -z "$files" ] || verb=explain target=$files
begin=$(date +%s%N)
status=0
# shellcheck disable=SC2086 # words
ip netns exec client "$SMTPDX" $verb $target $options --json >"$work/case.json" 2>"$work/errors" || status=$?
seconds=$(awk -v "ns=$(($(date +%s%N) - begin))" 'BEGIN { printf "%.1f", ns / 1e9 }')
[ -z "${SMTPDX_LAB_KEEP-}" ] || cp "$work/case.json" "$SMTPDX_LAB_KEEP/$name.json" || :
# shellcheck disable=SC2086 # words
python3 "$lab/judge.py" "$name" "$work/case.json" "$status" "$seconds" "$expect" $also || cat "$work/errors"
