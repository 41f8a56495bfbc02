#!/bin/sh
# The cases of tests/accuracy: an accepted cause first in nine of ten, and no drop of what was reached.
. "${0%/*}/lib.sh"

if ! command -v python3 >/dev/null; then
	skip accuracy 'python3 is not installed'
	finish
fi

# A third of them; make accuracy takes all. Under valgrind nothing new would happen in it, and it takes too long.
if [ -z "$SMTPDX_SLOW" ]; then
	mkdir some
	cp "$SMTPDX_SRCDIR"/tests/accuracy/cases/a*.txt some
	run python3 "$SMTPDX_SRCDIR/tests/accuracy/run" "$SMTPDX" some
	expect_status 0 'the cases are scored'
	expect_match 'cases: first (9[5-9]|100)\.[0-9] %, among three (9[7-9]|100)\.[0-9] %, Brier 0\.0' 'the score holds'
fi
mkdir none
run python3 "$SMTPDX_SRCDIR/tests/accuracy/run" "$SMTPDX" none
expect_status 1 'no cases, no score'
finish
