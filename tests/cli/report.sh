#!/bin/sh
# smtpdx report: a saved case in every format, and real reports that stay readable.
. "${0%/*}/lib.sh"

data=$SMTPDX_SRCDIR/tests/data/report
full=$data/full.json

same() { # FORMAT GOLDEN LOCALE WHAT
	LC_ALL=$3 "$SMTPDX" report "--$1" "$full" >"$folder/got" 2>/dev/null
	expect "$4" cmp "$folder/got" "$data/$2"
}

run smtpdx report "$full"
expect_status 1 'a case with trouble: exit status 1'
same text full.txt C.UTF-8 'text'
same text full.ascii.txt C 'text where there is no UTF-8'
same markdown full.md C.UTF-8 'Markdown'

run smtpdx report --json "$full"
expect_status 1 'JSON: the same exit status'
mv out first.json
run smtpdx report --json first.json
expect 'JSON is the case: written, read and written again it is the same' cmp first.json out

run smtpdx report --markdown -o ticket.md "$full"
expect_status 1 '-o: the exit status stays that of the case'
expect '-o: the file has the report' cmp ticket.md "$data/full.md"
expect_empty out '-o: nothing on standard output'

run smtpdx report --markdown -o - "$full"
expect '-o -: standard output has the report' cmp out "$data/full.md"
expect '-o -: and no file of that name' [ ! -e ./- ]

run smtpdx report -o nowhere/ticket.md "$full"
expect_status 3 '-o into a folder that is not there: exit status 3'
expect_err_match '^smtpdx: .*nowhere/ticket\.md: ' '-o into a folder that is not there: the error names the file'

report_full() { "$SMTPDX" report "$full" >/dev/full; }
run report_full
expect_status 3 'a full disk: exit status 3'
expect_err_match '^smtpdx: cannot write' 'a full disk: it is said'

# Where files may not grow, as a mail server has it for what it starts.
small() { (ulimit -f 1 && exec "$SMTPDX" "$@"); }
{ small report --json -o grown.json "$full" 2>err; echo $? >status; } | cat
ran='report -o beyond the limit of file sizes' status=$(cat status)
expect_status 3 'a file that may not grow: exit status 3'
expect_err_match '^smtpdx: grown\.json: File too large' 'a file that may not grow: it is said'
expect 'a file that may not grow: nothing half-written is left' [ -z "$(ls -d grown* 2>/dev/null)" ]

yes '   ' | head -c 70000000 | "$SMTPDX" report /dev/stdin >out 2>err
status=$? ran='report of a pipe without end'
expect_status 2 'a pipe that says too much is no case'
expect_err_match '^smtpdx: /dev/stdin: larger than' 'and is not read to its end'

# What the demo measures is as real as it gets here. Wider than the page is only what would break when it is broken:
# commands within quotes or of PowerShell, remarks within commands, URLs.
scenarios='too-many greylist exchange null-mx'
[ -z "$SMTPDX_SLOW" ] || scenarios=too-many
for scenario in $scenarios; do
	"$SMTPDX" demo "$scenario" >"$folder/out" 2>/dev/null
	ran="demo $scenario"
	grep -vE "'|://|^ *#|^ *[A-Z][a-z]+-[A-Z]" out >narrow
	expect "$scenario: no line has more than 80 columns" [ "$(LC_ALL=C.UTF-8 grep -cE ".{81}" narrow)" = 0 ]
	expect "$scenario: no line ends with a blank" [ "$(grep -c ' $' out)" = 0 ]
	head -n 24 out >screen
	expect "$scenario: the first screen has the reasons" grep -q '^Because' screen
	expect "$scenario: the first screen has the first fix" grep -q '^  1\. Fix (' screen
done
finish
