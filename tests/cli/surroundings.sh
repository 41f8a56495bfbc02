#!/bin/sh
# What it is started in changes no result: languages with other numbers and letters, standard descriptors that are closed.
#
# once: the same few lines of main() run at the start of every other test
. "${0%/*}/lib.sh"

# Turkish has it all: 1,5 for 1.5, and a capital of i that is not I.
mkdir locales
localedef -i tr_TR -f UTF-8 locales/tr_TR.UTF-8 2>err
expect 'a Turkish locale is there' [ -f locales/tr_TR.UTF-8/LC_NUMERIC ]
turkish() { LOCPATH=$folder/locales LC_ALL=tr_TR.UTF-8 "$@"; }
expect 'and it writes numbers with a comma' [ "$(turkish env printf '%.1f' 1,5 2>&1)" = 1,5 ]

run turkish smtpdx check 127.0.0.1:1 --only smtp --timeout 1.5 --case case.json
expect_status 1 'with a decimal comma: measured and diagnosed'
expect_match 'The mail server is not running \(98 %' 'with a decimal comma: the cause'
expect_match ' [0-9]+\.[0-9]+ m?s ' 'with a decimal comma: a figure as settings and logs write it'
run smtpdx report case.json
expect_match 'The mail server is not running \(98 %' 'with a decimal comma: the case can be read elsewhere'
run turkish smtpdx walk wizard what=RECEIVED
expect_err_match 'no answer to "target"' 'with another capital of i: a word in capitals is understood'

# Descriptors that are opened instead of a closed one would be taken for it, by us or by a child.
"$SMTPDX" demo too-many --text >out 2>&- <&-
status=$? ran='demo without standard input and error'
expect_status 1 'without standard input and error: measured'
expect_match 'too many connections|as many sessions' 'without standard input and error: the cause is the same'
"$SMTPDX" check 127.0.0.1:1 --only smtp --case closed.json >&- 2>err
status=$? ran='check without standard output'
expect_status 3 'without standard output: nothing could be written'
expect_err_match 'cannot write to standard output' 'without standard output: it says so'
expect 'without standard output: the case is whole' python3 -m json.tool closed.json /dev/null

# A terminal that knows nothing but lines gets nothing else.
on_terminal() { script -qec "$SMTPDX demo null-mx --json -o null-mx.json" /dev/null </dev/null; }
TERM=dumb run on_terminal
expect_match 'takes no mail' 'on a dumb terminal: the verdict is told'
expect 'on a dumb terminal: no escape sequences' [ "$(tr -dc '\033' <out | wc -c)" = 0 ]
TERM=vt100 run on_terminal
expect_match 'of 1 checks done' 'on another one: so is what is being done'

run env --ignore-signal=CHLD "$SMTPDX" check 127.0.0.1:1 --only smtp
expect_status 1 'where the end of children is ignored: measured all the same'
expect_no_match 'without a result' 'where the end of children is ignored: no check has failed'
finish
