#!/bin/sh
#
# init.sh FOLDER PACKAGES SCRIPT [ARG...] - the first process of a real mail server's namespaces (see lib.sh)
#
# Makes FOLDER/root an overlay over this system's root, unpacks PACKAGES into it, and runs SCRIPT there.

set -eu

folder=$1 packages=$2 script=$3
shift 3
mount -t tmpfs -o mode=755 none "$folder"
mkdir "$folder/upper" "$folder/work" "$folder/root"
mount -t overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" none "$folder/root"
root=$folder/root
for package in "$packages"/*.deb; do
	# dpkg-deb -x would put folders in the place of /lib and its like, which are links into /usr
	dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C "$root"
done
mount -t proc none "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 none "$root/tmp"
mount -t tmpfs -o mode=755 none "$root/run"

ip link set lo up
echo mail.example.test >/proc/sys/kernel/hostname
echo mail.example.test >"$root/etc/mailname"
printf '127.0.0.1 localhost\n127.0.1.1 mail.example.test mail\n' >"$root/etc/hosts"
: >"$root/etc/resolv.conf" # nobody to ask in here: look-ups fail at once
printf 'postmaster: root\n' >"$root/etc/aliases"

cp "$script" "$root/server.sh"
chroot "$root" sh /server.sh "$@" </dev/null
echo ready
# Not exec: the first process of a PID namespace takes in the orphans, and only a shell reaps them.
while :; do sleep 3600; done
