# shellcheck shell=sh
#
# lib.sh - what the command-line tests share; each begins with:  . "${0%/*}/lib.sh"  and ends with:  finish
#
# Gives them an empty folder of their own as the current directory, and
#   $SMTPDX           the program under test; smtpdx ARG... runs it
#   $SMTPDX_SRCDIR    the source tree; $SMTPDX_BUILDDIR where it was built
#   $SMTPDX_SLOW      not empty under valgrind: timers are then not to be trusted
# Each expect_ function is one test. A script that stops before finish has failed.

SMTPDX_SRCDIR=${SMTPDX_SRCDIR:-$(cd "${0%/*}/../.." && pwd)}
SMTPDX_BUILDDIR=${SMTPDX_BUILDDIR:-$PWD}
SMTPDX=${SMTPDX:-$SMTPDX_BUILDDIR/smtpdx}
SMTPDX_SLOW=${SMTPDX_SLOW-}
tests=0 failures=0 demo_pid=

. "$SMTPDX_SRCDIR/tests/soon.sh"

folder=$(mktemp -d) || exit 1
trap 'status=$?; demo_stop; cd /; rm -rf "$folder"; exit $status' EXIT
trap 'exit 1' HUP INT TERM
cd "$folder" || exit 1

smtpdx() { "$SMTPDX" "$@"; }

fake() { # NAME: a program in front of all others from now on; its text comes from standard input
	case :$PATH: in *:"$folder/bin":*) ;; *) PATH=$folder/bin:$PATH; mkdir -p "$folder/bin" ;; esac
	{
		echo '#!/bin/sh'
		cat
	} >"$folder/bin/$1"
	chmod +x "$folder/bin/$1"
}

ok() { # WHAT
	tests=$((tests + 1))
	printf 'ok %d - %s\n' "$tests" "$*"
}

not_ok() { # WHAT
	tests=$((tests + 1)) failures=$((failures + 1))
	printf 'not ok %d - %s\n' "$tests" "$*"
}

skip() { # WHAT WHY
	tests=$((tests + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tests" "$1" "$2"
}

needs_libpcap() { # WHAT: skips the whole script where captures cannot be read
	if "$SMTPDX" probe capture /dev/null 2>/dev/null | grep -q 'built without libpcap'; then
		skip "$1" 'this build has no libpcap'
		finish
	fi
}

expect() { # WHAT COMMAND...: the command returns 0; so does this, for whoever wants to show more when it does not
	what=$1
	shift
	if "$@"; then
		ok "$what"
	else
		not_ok "$what"
		return 1
	fi
}

run() { # COMMAND...: leaves $status and the files out and err
	ran=$*
	"$@" >"$folder/out" 2>"$folder/err" </dev/null
	status=$?
}

shown() { # FILE: for the one who reads a failure
	printf '# after: %s\n# %s:\n' "$ran" "$1"
	head -n 50 "$folder/$1" | sed 's/^/#   /'
}

expect_status() { # STATUS WHAT: of the last run
	if [ "$status" = "$1" ]; then
		ok "$2"
	else
		not_ok "$2"
		echo "# status $status where $1 was expected"
		shown out
		shown err
	fi
}

expect_out() { # TEXT WHAT: all that the last run printed
	printf '%s\n' "$1" >"$folder/expected"
	if cmp -s "$folder/expected" "$folder/out"; then
		ok "$2"
	else
		not_ok "$2"
		printf '# expected:\n# %s\n' "$1"
		shown out
	fi
}

expect_empty() { # out|err WHAT: nothing at all there
	if [ ! -s "$folder/$1" ]; then
		ok "$2"
	else
		not_ok "$2"
		shown "$1"
	fi
}

expect_in() { # out|err PATTERN WHAT: a line matches the extended regular expression
	if grep -qE -e "$2" "$folder/$1"; then
		ok "$3"
	else
		not_ok "$3"
		echo "# no line matches: $2"
		shown "$1"
	fi
}

expect_match() { expect_in out "$@"; }     # PATTERN WHAT
expect_err_match() { expect_in err "$@"; } # PATTERN WHAT

expect_no_match() { # PATTERN WHAT: no line of the output matches
	if grep -qE -e "$1" "$folder/out"; then
		not_ok "$2"
		echo "# a line matches: $1"
		shown out
	else
		ok "$2"
	fi
}

# demo_start SCENARIO: the embedded server, until demo_stop or the end of the script. What it says about itself is in the
# file demo; smtpdx check $demo_target $demo_options finds it. Its first servers are $demo_smtp and $demo_dns.
demo_start() {
	: >"$folder/demo" # what the last one said is not to be taken for this one's
	"$SMTPDX" demo --serve "$@" >"$folder/demo" 2>"$folder/demo.err" </dev/null &
	demo_pid=$!
	if ! ready "$demo_pid" "$folder/demo"; then
		echo "# demo --serve $* did not get ready:"
		sed 's/^/# /' "$folder/demo" "$folder/demo.err"
		exit 1
	fi
	demo_target=$(demo_says target) demo_options=$(demo_says options)
	demo_smtp=$(demo_says smtp) demo_dns=$(demo_says dns)
	export demo_target demo_options demo_smtp demo_dns
}

demo_says() { # WORD: the first line that begins with it, without it
	sed -n "s/^$1 //p" "$folder/demo" | head -n 1
}

demo_stop() {
	[ -n "$demo_pid" ] || return 0
	kill "$demo_pid" 2>/dev/null
	wait "$demo_pid" 2>/dev/null
	demo_pid=
}

finish() {
	echo "1..$tests"
	[ "$failures" = 0 ]
	exit $?
}
