# shellcheck shell=sh disable=SC2154 # folder and status are of lib.sh
#
# real/lib.sh - real mail servers for the command-line tests; comes after lib.sh
#
# A server runs from Debian's package in a root of its own (see root.sh), with namespaces of its own for mounts, processes,
# network and host name. So port 25 is free, nothing that is sent leaves the namespace, and killing the first process ends
# everything.

real_pid='' real_init=''
trap 'status=$?; real_stop; demo_stop; cd /; rm -rf "$folder"; exit $status' EXIT

. "$SMTPDX_SRCDIR/tests/real/root.sh"

# real_start SERVER [SETTING...]: runs tests/real/SERVER.sh in there and waits until it says "ready". Skips the whole
# script when no server can run here.
real_start() {
	why=$(real_hindrance)
	if [ -z "$why" ] && ! real_fetch "$1" "$folder/apt"; then why="could not fetch the package of $1"; fi
	if [ -n "$why" ]; then
		skip "a real $1" "$why"
		finish
	fi
	server=$1
	shift
	mkdir "$folder/root"
	: >"$folder/real"
	unshare --mount --pid --net --uts --fork --kill-child \
		sh "$SMTPDX_SRCDIR/tests/real/init.sh" "$folder/root" "$real_packages" "$server" "$@" >"$folder/real" 2>&1 </dev/null &
	real_pid=$!
	soon ready_or_gone "$real_pid" "$folder/real"
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
real_do() { nsenter --target "$real_init" --mount --root --pid --uts --net chroot "$folder/root/root" "$@"; }

# The program under test in the server's own root, where its commands and files are those of this machine.
real_look() {
	real_do test -x /smtpdx || real_do sh -c 'cat >/smtpdx && chmod 755 /smtpdx' <"$SMTPDX_BUILDDIR/smtpdx"
	real_do /smtpdx "$@"
}

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

expect_service() { # SERVICE NAME VALUE WHAT: a fact about a service of a configuration
	value=$(python3 -c '
import json, sys
case = json.load(open(sys.argv[1]))
print(*[fact["value"] for fact in case["facts"] if fact["subject"] == sys.argv[2] and fact["name"] == sys.argv[3]][:1])
' "$folder/out" "$1" "$2")
	if [ "$value" = "$3" ]; then
		ok "$4"
	else
		not_ok "$4"
		printf '# %s of %s is "%s", expected "%s"\n' "$2" "$1" "$value" "$3"
	fi
}

# What was measured begins with one of these, extended regular expressions; on a slow machine that says nothing.
expect_patience() { # WHAT SECONDS
	[ -n "$SMTPDX_SLOW" ] || expect_fact smtp.patience "^($2)" "$1"
}
