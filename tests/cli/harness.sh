#!/bin/sh
#
# tests/run lets nothing hide a failure. It is tried on a little tree of its own.
#
# once: no program of ours is run

. "${0%/*}/lib.sh"

mkdir -p tree/tests/unit tree/tests/cli build/obj/tests/unit
cp "$SMTPDX_SRCDIR/tests/run" "$SMTPDX_SRCDIR/tests/run_one.sh" "$SMTPDX_SRCDIR/tests/soon.sh" tree/tests
cp "$SMTPDX_SRCDIR/tests/cli/lib.sh" tree/tests/cli
unset SMTPDX_UNDER

cli_test() { # NAME: standard input is the script
	{ printf '. "%s"\n' "\${0%/*}/lib.sh"; cat; } >"tree/tests/cli/$1.sh"
}

unit_test() { # NAME: standard input is a script in the place of the program
	: >"tree/tests/unit/$1.c"
	{ echo '#!/bin/sh'; cat; } >"build/obj/tests/unit/$1"
	chmod +x "build/obj/tests/unit/$1"
}

totals() { # NAME...: of one run; leaves $status and the last line in the file out
	# shellcheck disable=SC2016 # expands in there
	run env CI="${ci-}" SMTPDX_SLOW= SMTPDX_AGAIN="${again-}" SMTPDX_LIMIT=2 sh -c \
		'cd build && sh ../tree/tests/run "$@" >../all; status=$?; tail -n 1 ../all; exit $status' sh "$@"
}

cli_test good <<'END'
expect 'true is true' true
run echo hello
expect_status 0 'echo works'
expect_out hello 'and says so'
expect_match '^h' 'with an h'
expect_no_match x 'without an x'
expect_empty err 'without an error'
finish
END
totals good
expect_out '6 passed, 0 failed' 'passed tests are counted one by one'
expect_status 0 'the status is 0 when all passed'

cli_test bad <<'END'
expect 'false is true' false
run echo hello
expect_status 1 'echo fails'
expect_out bye 'other text'
expect_match '^x' 'with an x'
expect_no_match h 'without an h'
expect_empty out 'says nothing'
expect_err_match . 'an error'
ok 'one that is right'
finish
END
totals bad good
expect_out '7 passed, 7 failed' 'every expectation can fail'
expect_status 1 'the status is 1 when one failed'
expect 'the output of a failed test is shown' grep -q 'not ok 7 - an error' all

cli_test stops <<'END'
ok 'the first'
exit 0
END
totals stops
expect_out '1 passed, 1 failed' 'a script that ends before finish has failed'

cli_test says_nothing <<'END'
finish
END
totals says_nothing
expect_out '0 passed, 1 failed' 'a script without a test has failed'

cli_test hangs <<'END'
ok 'the first'
sleep 60
finish
END
totals hangs
expect_match '^1 passed, [12] failed$' 'a script that hangs has failed'
expect 'and the reason is told' grep -q 'took longer' all

cli_test leaves <<'END'
ok 'the first'
sleep 60 &
finish
END
totals leaves
expect_out '1 passed, 1 failed' 'a process left behind is a failure'
expect 'and its name is told' grep -q 'sleep 60' all

cli_test skips <<'END'
ok 'the first'
skip 'the second' 'no such thing here'
finish
END
ci='' totals skips
expect_out '1 passed, 0 failed, 1 skipped' 'a skipped test is counted apart'
expect_status 0 'and is no failure'
ci=true totals skips
expect_out '1 passed, 1 failed' 'with CI=true a skipped test is a failure'

cli_test chance <<'END'
if [ -e "$SMTPDX_BUILDDIR/been" ]; then ok 'the second time'; else touch "$SMTPDX_BUILDDIR/been"; expect 'the first' false; fi
finish
END
totals chance good
expect_out '7 passed, 0 failed' 'what fails beside others is run again alone'
expect_status 0 'and counts as it ended then'
expect 'the failure is shown' grep -q 'not ok 1 - the first' all
expect 'and named' grep -qx 'failed beside others, passed alone: chance' all
rm build/been
totals chance
expect_out '0 passed, 1 failed' 'what was alone is not run again'
rm build/been
cp tree/tests/cli/chance.sh tree/tests/cli/chance_too.sh
totals chance bad stops says_nothing
expect_status 1 'and neither when more than three failed'
expect 'nothing of them' sh -c '! grep -q "^again, alone" all'
rm tree/tests/cli/chance*.sh build/been
unit_test test_memory <<'END'
echo 1..1
echo ok 1 - one
[ -e been ] || echo 'ERROR: AddressSanitizer: heap-use-after-free' >"${ASAN_OPTIONS#log_path=}.123"
: >been
END
totals test_memory good
expect_out '7 passed, 1 failed' 'nor an error in memory, whatever a second run would say'
rm build/been tree/tests/unit/test_memory.c

unit_test test_crash <<'END'
echo 1..3
echo ok 1 - one
kill -SEGV $$
END
totals test_crash
expect_match '^1 passed, [23] failed$' 'tests that a crash has prevented are failures'

unit_test test_status <<'END'
echo 1..1
echo ok 1 - one
exit 1
END
totals test_status
expect_out '1 passed, 1 failed' 'a program that ends with another status than 0 has failed'

unit_test test_two <<'END'
echo 1..1
echo ok 1 - one
echo 1..2
echo ok 1 - two
echo not ok 2 - three
exit 1
END
totals test_two
expect_out '2 passed, 1 failed' 'a program may have several groups of tests'

unit_test test_sanitizer <<'END'
echo 1..1
echo ok 1 - one
echo 'ERROR: AddressSanitizer: heap-use-after-free' >"${ASAN_OPTIONS#log_path=}.123"
END
totals test_sanitizer
expect_out '1 passed, 1 failed' 'what a sanitizer found in a worker is a failure'
expect 'and is shown' grep -q 'heap-use-after-free' all

totals test_missing
expect_match '^0 passed, [12] failed$' 'a program that was not built is a failure'

cli_test sources <<'END'
# once: it is not about the program
ok 'the first'
finish
END
again='' totals
expect 'a test of the sources is run' grep -q '^sources ' all
again=yes totals
expect_status 1 'in another build all others are run'
expect 'but no test of the sources' sh -c '! grep -q "^sources " all'
rm tree/tests/cli/sources.sh

totals
expect_match '^16 passed, (17|18) failed, 1 skipped$' 'without names all tests are run'
finish
