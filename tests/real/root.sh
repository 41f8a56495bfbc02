# shellcheck shell=sh
#
# root.sh - a root of its own for a real mail server, from Debian's packages
#
# An overlay over this system's root that lives in a tmpfs: packages that exclude one another do not meet, and nothing is
# left when the mount namespace ends. It needs root, overlayfs and, once, Debian's archive: the packages are kept in
# ${XDG_CACHE_HOME:-/var/cache}/smtpdx-tests/SERVER/.

servers=$SMTPDX_SRCDIR/tests/real

# Why no real server can run here; nothing when one can.
real_hindrance() {
	[ "$(id -u)" = 0 ] || { echo 'needs root'; return; }
	for tool in unshare nsenter chroot dpkg-deb apt-get ip openssl python3; do
		command -v "$tool" >/dev/null || { echo "needs $tool"; return; }
	done
	unshare --mount --pid --net --uts --fork true 2>/dev/null || echo 'needs namespaces'
}

# real_fetch SERVER LOG: the package that SERVER.sh names and what that needs beyond this system, into $real_packages. By
# apt alone, so that its mirrors, proxies and keys count.
real_fetch() {
	package=$(sed -n 's/^# package: //p' "$servers/$1.sh")
	real_packages=${XDG_CACHE_HOME:-/var/cache}/smtpdx-tests/$1
	[ ! -e "$real_packages/complete" ] || return 0
	rm -rf "$real_packages"
	mkdir -p "$real_packages/partial" || return 1
	[ -n "$(apt-cache policy "$package" 2>/dev/null)" ] || apt-get -q update >"$2" 2>&1
	apt-get -q -y --no-install-recommends --download-only --reinstall -o "Dir::Cache::archives=$real_packages" \
		-o APT::Sandbox::User=root -o Debug::NoLocking=1 install "$package" >"$2" 2>&1 || return 1
	: >"$real_packages/complete"
}

# root_make FOLDER: mounts a new root at FOLDER/root. What is written there is in FOLDER/upper.
root_make() {
	mount -t tmpfs -o mode=755 none "$1"
	mkdir "$1/upper" "$1/work" "$1/root"
	mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" none "$1/root"
}

# root_install ROOT PACKAGES SERVER HOST: unpacks the packages and sets the server up as its package would, unstarted.
root_install() {
	for package in "$2"/*.deb; do
		# dpkg-deb -x would put folders in the place of /lib and its like, which are links into /usr
		dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C "$1"
	done
	echo "$4" >"$1/etc/mailname"
	printf 'postmaster: root\n' >"$1/etc/aliases"
	cp "$servers/$3.sh" "$1/server.sh"
	chroot "$1" sh /server.sh setup </dev/null
}

# root_mounts ROOT: what its processes need besides files.
root_mounts() {
	mount -t proc none "$1/proc"
	mount --rbind /dev "$1/dev"
	mount -t tmpfs -o mode=1777 none "$1/tmp"
	mount -t tmpfs -o mode=755 none "$1/run"
}
