#!/usr/bin/env python3
"""same_case.py A B: whether two cases of the same server say the same, apart from times and ports of our own."""
import json
import sys


def essence(path):
    with open(path, encoding="utf-8") as file:
        case = json.load(file)
    facts = sorted(
        (fact["check"], fact["subject"], fact["name"], None if fact["unit"] in ("s", "ratio") else str(fact["value"]))
        for fact in case["facts"]
        # What is only there when something took longer than something else, or is a count of such; and the size of a
        # message, whose Message-ID has the number of a process in it.
        if not fact["name"].startswith(
            ("tcp.", "dns.slowest", "smtp.slowest", "smtp.late", "smtp.body.", "path.", "dns.resolver.", "mtu.")
        )
    )
    return {
        "target": case["target"],
        "direction": case["direction"],
        "answers": case["answers"],
        "checks": sorted((check["check"], check["subject"], check["status"]) for check in case["checks"]),
        "facts": facts,
        "dialogs": sorted(
            (d["subject"], [(line["dir"], line["text"]) for line in d["lines"] if line["dir"] != "note"])
            for d in case["dialogs"]
        ),
        "diagnosis": [
            (finding["cause"], finding["subject"], round(finding["probability"], 2))
            for finding in case["diagnosis"]
            # The order of those that it practically is not hangs on the last digits of times.
            if finding["probability"] >= 0.005
        ],
    }


def main():
    first, second = essence(sys.argv[1]), essence(sys.argv[2])
    for key in first:
        if first[key] != second[key]:
            print(f"{key} differ:")
            for one, other in ((first, second), (second, first)):
                print("  only in", "the first:" if one is first else "the second:")
                print(*(f"    {item}" for item in one[key] if item not in other[key]), sep="\n")
    sys.exit(first != second)


main()
