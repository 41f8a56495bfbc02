#!/usr/bin/env python3
"""hostile.py CASE: the saved case with what terminals obey, or count wrongly, in every text that somebody else wrote."""
import json
import sys

HOSTILE = "\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e\u200b\u0301\uff21\u0e33 \u001bPq\u001b\\owned"

with open(sys.argv[1], encoding="utf-8") as file:
    case = json.load(file)
for fact in case["facts"]:
    if isinstance(fact["value"], str) and " " in fact["value"]:
        fact["value"] = HOSTILE + fact["value"]
for dialog in case["dialogs"]:
    dialog["lines"][0]["text"] += "A" * 65536
    for line in dialog["lines"]:
        line["text"] = HOSTILE + line["text"]
for check in case["checks"]:
    check["error"] = HOSTILE + (check["error"] or "")
case["answers"]["log"] = HOSTILE
case["observer"]["host"] = HOSTILE
case["facts"].append({"name": "x.unknown." + HOSTILE, "value": HOSTILE, "subject": HOSTILE, "check": HOSTILE, "at": HOSTILE})
json.dump(case, sys.stdout)
