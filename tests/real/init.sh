#!/bin/sh
#
# init.sh FOLDER PACKAGES SERVER [SETTING...] - the first process of a real mail server's namespaces (see lib.sh)
#
# Makes a root in FOLDER, installs SERVER from PACKAGES there, and starts it with the settings.

set -eu

SMTPDX_SRCDIR=$(cd "${0%/*}/../.." && pwd)
. "$SMTPDX_SRCDIR/tests/real/root.sh"
. "$SMTPDX_SRCDIR/tests/soon.sh"

folder=$1 packages=$2 server=$3 host=mail.example.test
shift 3
root=$folder/root
root_make "$folder"
root_mounts "$root"
ip link set lo up
echo $host >/proc/sys/kernel/hostname
printf '127.0.0.1 localhost\n127.0.1.1 %s mail\n' $host >"$root/etc/hosts"
: >"$root/etc/resolv.conf" # nobody to ask in here: look-ups fail at once

root_install "$root" "$packages" "$server" $host
chroot "$root" sh /server.sh start "$@" </dev/null
# Some put themselves into the background before they listen.
soon grep -q ' 0A ' "$root/proc/net/tcp" "$root/proc/net/tcp6"
echo ready
# Not exec: the first process of a PID namespace takes in the orphans, and only a shell reaps them.
while :; do sleep 3600; done
