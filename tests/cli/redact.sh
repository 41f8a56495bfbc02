#!/bin/sh
# --redact: nothing that names anybody is left, in any format, and what was measured is.
. "${0%/*}/lib.sh"

cat >mail.log <<'END'
Mar  1 10:00:00 relay7 postfix/smtp[77]: B1D8EED3A: to=<ann.lee@corp-one.de>, relay=mx1.corp-one.de[93.184.216.34]:25, delay=310, delays=0.1/0/0/310, dsn=4.4.2, status=deferred (conversation with mx1.corp-one.de[93.184.216.34] timed out while sending message body)
Mar  1 10:20:00 relay7 postfix/smtp[78]: B1D8EED3A: to=<ann.lee@corp-one.de>, relay=mx1.corp-one.de[93.184.216.34]:25, delay=1510, delays=0.1/0/0/310, dsn=4.4.2, status=deferred (conversation with mx1.corp-one.de[93.184.216.34] timed out while sending message body)
END

secrets='corp-one|93\.184\.|ann\.lee|B1D8EED3A|relay7'

run smtpdx explain mail.log --case plain.json
plain=$status
expect_match 'corp-one' 'a report names names'
for format in text markdown json; do
	run smtpdx explain mail.log --redact --$format --case case.json
	expect_status "$plain" "--$format: the diagnosis is the same"
	expect_no_match "$secrets" "--$format: the report names nobody"
	expect_match '192\.0\.2\.1' "--$format: a documentation address is in its place"
	cp err out
	expect_no_match "$secrets" "--$format: neither does the message about the verdict"
done
cp case.json out
expect_no_match "$secrets" 'nor the saved case'

run smtpdx report plain.json --redact --json
expect_no_match "$secrets" 'an old case can be redacted later'
cp out redacted.json
cat >compare.py <<'END'
import json, sys
plain, redacted = (json.load(open(path)) for path in sys.argv[1:])
assert [f["name"] for f in plain["facts"]] == [f["name"] for f in redacted["facts"]]
assert [f["value"] for f in plain["facts"] if f["unit"]] == [f["value"] for f in redacted["facts"] if f["unit"]]
assert [(d["cause"], d["probability"]) for d in plain["diagnosis"]] == [
    (d["cause"], d["probability"]) for d in redacted["diagnosis"]]
subjects = {}
for a, b in zip(plain["facts"], redacted["facts"]):
    assert subjects.setdefault(a["subject"], b["subject"]) == b["subject"], (a, b)
END
run python3 compare.py plain.json redacted.json
expect_status 0 'what was measured and concluded is the same, and subjects stay apart'

finish
