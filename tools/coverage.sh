#!/bin/sh
#
# coverage.sh - runs the tests of an instrumented build (configure --enable-coverage) in the current directory, then
# prints the share of the lines of core/ that they executed
#
# The status is 1 when a test failed, or when COVERAGE_MIN is set and the share (per cent) is below it.

set -eu

source=$(cd "$(dirname "$0")/.." && pwd)

find . -name '*.gcda' -exec rm -f {} +
failed=0
sh "$source/tests/run" || failed=1

# gcov speaks in pairs of lines: File 'NAME', then Lines executed:PER-CENT% of COUNT. What no test ever entered has no
# .gcda file, therefore the notes that the compiler left (.gcno) are asked.
find obj/core -name '*.gcno' | sort | while read -r notes; do
	gcov -n -o "${notes%.gcno}.o" "${notes%.gcno}.o" 2>/dev/null
done | awk -v minimum="${COVERAGE_MIN:-0}" -v failed="$failed" -v folder="$source/core/" '
	/^File / { name = substr($2, 2, length($2) - 2) }
	/^Lines executed:/ && name ~ /\.c$/ && index(name, folder) == 1 {
		split($0, part, /[:%]| of /)
		count = part[4]
		printf "%6.1f %% of %4d  core/%s\n", part[2], count, substr(name, length(folder) + 1)
		lines += count
		executed += part[2] / 100 * count
		name = ""
	}
	END {
		share = lines > 0 ? 100 * executed / lines : 0
		printf "core/ line coverage: %.1f %%\n", share
		exit failed || share < minimum
	}'
