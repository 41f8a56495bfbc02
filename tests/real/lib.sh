# shellcheck shell=sh disable=SC2154 # folder and status are of lib.sh
#
# real/lib.sh - real mail servers for the command-line tests; comes after lib.sh
#
# A server runs from Debian's package in a root of its own: an overlay over this system's root that is gone when the test
# ends, with namespaces of its own for mounts, processes, network and host name. So packages that exclude one another do
# not meet, port 25 is free, nothing that is sent leaves the namespace, and killing the first process ends everything.
# It needs root, overlayfs and, once, Debian's archive: the packages are kept in ${XDG_CACHE_HOME:-/var/cache}.

real_pid='' real_init=''
trap 'status=$?; real_stop; demo_stop; cd /; rm -rf "$folder"; exit $status' EXIT

# Why no real server can run here; nothing when one can.
real_hindrance() {
	[ "$(id -u)" = 0 ] || { echo 'needs root'; return; }
	for tool in unshare nsenter chroot dpkg-deb apt-get ip openssl python3; do
		command -v "$tool" >/dev/null || { echo "needs $tool"; return; }
	done
	unshare --mount --pid --net --uts --fork true 2>/dev/null || echo 'needs namespaces'
}

# real_fetch SERVER PACKAGE: the package and what it needs beyond this system, into $real_packages. By apt alone, so that
# its mirrors, proxies and keys count.
real_fetch() {
	real_packages=${XDG_CACHE_HOME:-/var/cache}/smtpdx-tests/$1
	[ ! -e "$real_packages/complete" ] || return 0
	rm -rf "$real_packages"
	mkdir -p "$real_packages/partial" || return 1
	[ -n "$(apt-cache policy "$2" 2>/dev/null)" ] || apt-get -q update >"$folder/apt" 2>&1
	apt-get -q -y --no-install-recommends --download-only --reinstall -o "Dir::Cache::archives=$real_packages" \
		-o APT::Sandbox::User=root -o Debug::NoLocking=1 install "$2" >"$folder/apt" 2>&1 || return 1
	: >"$real_packages/complete"
}

# real_start SERVER PACKAGE [SETTING...]: runs tests/real/SERVER in there and waits until it says "ready". Skips the whole
# script when no server can run here.
real_start() {
	why=$(real_hindrance)
	if [ -z "$why" ] && ! real_fetch "$1" "$2"; then why="could not fetch the package $2"; fi
	if [ -n "$why" ]; then
		skip "a real $1" "$why"
		finish
	fi
	server=$1
	shift 2
	mkdir "$folder/root"
	: >"$folder/real"
	unshare --mount --pid --net --uts --fork --kill-child \
		sh "$SMTPDX_SRCDIR/tests/real/init.sh" "$folder/root" "$real_packages" \
		"$SMTPDX_SRCDIR/tests/real/$server.sh" "$@" >"$folder/real" 2>&1 </dev/null &
	real_pid=$!
	tries=0
	while [ "$tries" -lt 150 ] && kill -0 "$real_pid" 2>/dev/null && ! grep -qx ready "$folder/real"; do
		sleep 0.2
		tries=$((tries + 1))
	done
	real_init=$(tr -dc '0-9' <"/proc/$real_pid/task/$real_pid/children")
	if [ -z "$real_init" ] || ! grep -qx ready "$folder/real"; then
		echo "# $server did not get ready:"
		sed 's/^/# /' "$folder/real"
		exit 1
	fi
}

# The server's first process takes all others with it; unshare alone would leave the daemons.
real_stop() {
	[ -n "$real_pid" ] || return 0
	[ -z "$real_init" ] || kill -KILL "$real_init" 2>/dev/null
	kill -KILL "$real_pid" 2>/dev/null
	wait "$real_pid" 2>/dev/null
	real_pid='' real_init=''
	rmdir "$folder/root" 2>/dev/null
	return 0
}

# A program of this system in the server's network; a program of the server's root in all of its namespaces.
real_net() { nsenter --target "$real_init" --net "$@"; }
real_do() { nsenter --target "$real_init" --mount --pid --uts --net chroot "$folder/root/root" "$@"; }

# real_fact NAME: the value of a fact of the last report that run got with --json
real_fact() {
	python3 -c '
import json, sys
case = json.load(open(sys.argv[1]))
print(*[fact["value"] for fact in case["facts"] if fact["name"] == sys.argv[2]][:1])
' "$folder/out" "$1"
}

real_cause() {
	python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["diagnosis"][0]["cause"])' "$folder/out"
}

expect_fact() { # NAME PATTERN WHAT
	value=$(real_fact "$1")
	if printf '%s\n' "$value" | grep -qE -e "$2"; then
		ok "$3"
	else
		not_ok "$3"
		printf '# %s is "%s", expected %s\n' "$1" "$value" "$2"
		python3 -c '
import json, sys
for dialog in json.load(open(sys.argv[1]))["dialogs"]:
    for line in dialog["lines"]:
        print("#  ", round(line["t"], 2), line["dir"], line["text"])
' "$folder/out"
	fi
}

expect_cause() { # CAUSE WHAT
	cause=$(real_cause)
	if [ "$cause" = "$1" ]; then
		ok "$2"
	else
		not_ok "$2"
		printf '# the first cause is %s, expected %s\n' "$cause" "$1"
	fi
}
