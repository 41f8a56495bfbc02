#!/bin/sh
# help/case.schema.json and what smtpdx writes: a real validator finds no fault with it, and does find those of broken cases.
. "${0%/*}/lib.sh"

schema=$SMTPDX_SRCDIR/help/case.schema.json
full=$SMTPDX_SRCDIR/tests/data/report/full.json

# Debian's python has the module; another python on the PATH may not.
valid() { /usr/bin/python3 "$SMTPDX_SRCDIR/tests/cli/schema.py" "$schema" "$@"; }

if ! /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
	skip 'cases and their schema' 'python3-jsonschema is not installed'
	finish
fi

run valid "$full" break
expect_status 0 'a full case is valid, broken ones are not'
expect_match '^broken ones refused$' 'each way to break it was tried'

run smtpdx report --json "$full"
mv out again.json
run valid "$PWD/again.json"
expect_status 0 'the same case, loaded and written again, is valid'

scenarios='healthy too-many null-mx'
[ -z "$SMTPDX_SLOW" ] || scenarios=too-many
for scenario in $scenarios; do
	run smtpdx demo "$scenario" --json --case "$PWD/saved.json"
	mv out live.json
	run valid "$PWD/live.json"
	expect_status 0 "demo $scenario: its JSON report is valid"
	run valid "$PWD/saved.json"
	expect_status 0 "demo $scenario: its saved case is valid"
done

run smtpdx check --json --timeout 5 --skip dns '[::1]:1'
mv out live.json
run valid "$PWD/live.json"
expect_status 0 'the report of a closed port is valid'

export XDG_STATE_HOME="$PWD/state"
run smtpdx walk --skip dns cannot-connect 'target=[::1]:1'
cp state/smtpdx/*/case.json session.json
run valid "$PWD/session.json"
expect_status 0 'the case of a session is valid'
expect 'and says how far the session came' grep -q '"ended": true' session.json
finish
