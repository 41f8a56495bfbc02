#!/bin/sh
#
# run_one.sh NAME - runs one test program for tests/run, shows what went wrong, and notes "PASSED FAILED SKIPPED NAME"
#
# A crash, a status other than 0, a time limit, tests that were announced and not run, memory and descriptor errors, and
# processes left behind are failures too, whatever the program itself reported.

set -u

name=$1
output=$SMTPDX_TESTS_WORK/$name.output
reports=$SMTPDX_TESTS_WORK/reports-$name
limit=${SMTPDX_LIMIT:-120}
[ -z "$SMTPDX_SLOW" ] || limit=600

mkdir "$reports" "$SMTPDX_TESTS_WORK/tmp-$name" || exit 1
: >"$reports.started"
export TMPDIR="$SMTPDX_TESTS_WORK/tmp-$name"
# A worker that a sanitizer ends looks like a failed check; its report tells.
export ASAN_OPTIONS="log_path=$reports/sanitizer" UBSAN_OPTIONS="log_path=$reports/sanitizer:print_stacktrace=1"
export CMOCKA_MESSAGE_OUTPUT=tap

case $name in
test_*) set -- ${SMTPDX_UNDER:+"$SMTPDX_UNDER"} "./obj/tests/unit/$name" ;;
fuzz_*)
	seeds=$SMTPDX_SRCDIR/tests/fuzz/seeds/${name#fuzz_}
	[ -d "$seeds" ] || seeds=$SMTPDX_SRCDIR/help/${name#fuzz_}s # the files that we ship are seeds, too
	set -- ${SMTPDX_UNDER:+"$SMTPDX_UNDER"} "./obj/tests/fuzz/$name" "$seeds"
	;;
screen_*)
	if [ -x ./obj/tests/screen/play ]; then
		set -- ./obj/tests/screen/play "$SMTPDX_SRCDIR/tests/screen/$name.play"
	else
		set -- sh -c 'echo "ok 1 - the screen # SKIP libvterm is not installed"; echo 1..1'
	fi
	;;
*) set -- sh "$SMTPDX_SRCDIR/tests/cli/$name.sh" ;;
esac

problem() { printf 'not ok - %s\n' "$*" >>"$output"; }

# Prints what valgrind and the sanitizers found. Of open descriptors only those count that a program which a test has
# started opened itself: a child between fork and exec has its parent's.
report() {
	find "$reports" -type f -exec cat "$reports.started" {} + | awk '
		function put() {
			split(block, word)
			if (block !~ /^==[0-9]+== Open / || (word[1] in started && block !~ /inherited from parent/))
				printf "%s", block
			block = ""
		}
		/^==[0-9]+==$/ { started[$0] = 1; next }
		/FILE DESCRIPTORS:/ { next }
		/^==[0-9]+== *$/ { put(); next }
		{ block = block $0 "\n" }
		END { put() }'
}

# Processes that this test has started and that are still there; one that is just being ended gets a second.
left_running() {
	for try in 1 2 3 4 5 6; do
		left=$(grep -lzxF "SMTPDX_REPORTS=$reports" /proc/[0-9]*/environ 2>/dev/null | tr -dc '0-9\n')
		[ -n "$left" ] || return 1
		[ "$try" = 6 ] || sleep 0.2
	done
}

started=$(date +%s)
SMTPDX_REPORTS=$reports timeout -k 5 "$limit" "$@" >"$output" 2>&1 </dev/null
status=$?

planned=$(awk -F '\\.\\.' '/^1\.\.[0-9]+$/ { n += $2 } END { print n + 0 }' "$output")
reported=$(grep -cE '^(not )?ok( |$)' "$output")
failed=$(grep -E '^not ok' "$output" | grep -vc '# SKIP')
took=$(($(date +%s) - started))
if [ "$status" = 124 ] || { [ "$status" = 137 ] && [ "$took" -ge "$limit" ]; }; then
	problem "$name took longer than $limit s"
elif [ "$status" != 0 ] && [ "$failed" = 0 ]; then
	problem "$name ended with status $status"
fi
[ "$planned" -gt 0 ] || problem "$name announced no test (1..N)"
missing=$((planned - reported))
while [ "$missing" -gt 0 ]; do
	problem "$name announced $planned tests and ran $reported"
	missing=$((missing - 1))
done
if [ -n "$(report)" ]; then
	report | head -n 200 >>"$output"
	# No time that was missed explains these; a leak may follow from an assertion that failed.
	! report | grep -qE 'ERROR: AddressSanitizer|runtime error:|Invalid (read|write|free)|uninitialised|overlap in' ||
		: >"$SMTPDX_TESTS_WORK/memory_error"
	problem "$name has memory or descriptor errors"
fi
if left_running; then
	for pid in $left; do
		{ printf '# '; tr '\0' ' ' <"/proc/$pid/cmdline"; echo; kill -9 "$pid"; } >>"$output" 2>&1
	done
	problem "$name left processes running"
fi

skipped=$(grep -cE '^(not )?ok.*# SKIP' "$output")
failed=$(grep -E '^not ok' "$output" | grep -vc '# SKIP')
passed=$(grep -E '^ok( |$)' "$output" | grep -vc '# SKIP')
printf '%s %s %s %s\n' "$passed" "$failed" "$skipped" "$name" >>"$SMTPDX_TESTS_WORK/results"

{
	printf '%-32s %s passed, %s failed' "$name" "$passed" "$failed"
	[ "$skipped" = 0 ] || printf ', %s skipped' "$skipped"
	printf ' (%d s)\n' "$took"
	grep -E '^ok.*# SKIP' "$output" | sed 's/^/    /'
	[ "$failed" = 0 ] || grep -vE '^ok( |$)' "$output" | sed 's/^/    /'
} >"$output.shown"
cat "$output.shown"
rm -rf "$TMPDIR" "$reports"
