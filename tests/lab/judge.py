#!/usr/bin/env python3
"""
judge.py NAME CASE STATUS SECONDS EXPECT [ALSO...] - holds a case against the cause that was injected

Prints "NAME expect got probability rank seconds"; a miss is followed by the evidence and the facts that misled the ranking.
The exit status says whether the first cause is right, and smtpdx's own with it.
"""
import json, sys

QUIET = ("dns.spf", "dns.tlsa", "dns.total", "dns.chain", "dns.slowest", "smtp.server.because", "smtp.tls.cert",
         "smtp.tls.cipher", "smtp.ehlo.keywords")


def show(value):
    return "%.3f" % value if isinstance(value, float) else value


def main():
    name, path, status, seconds, expect, *also = sys.argv[1:]
    try:
        case = json.load(open(path))
    except (OSError, ValueError) as error:
        print("%-30s %-32s %-32s %6s %4s %7s" % (name, expect, "no-report", "-", "-", seconds))
        print("    ", error)
        return 1
    right = [expect, *also]
    found = [entry["cause"] for entry in case["diagnosis"]]
    rank = next((i + 1 for i, cause in enumerate(found) if cause in right), "-")
    first = case["diagnosis"][0]
    print("%-30s %-32s %-32s %6.3f %4s %7s" % (name, expect, found[0], first["probability"], rank, seconds))
    expected_status = "0" if expect == "healthy" else "1"
    if rank == 1 and status == expected_status:
        return 0
    print("    exit status %s, expected %s" % (status, expected_status))
    for entry in case["diagnosis"][:4]:
        print("    %.3f %s about %s" % (entry["probability"], entry["cause"], entry["subject"]))
        for reason in entry["because"] + entry["against"]:
            print("        %+g %s: %s" % (reason["weight"], reason["fact"], reason["text"]))
    for check in case["checks"]:
        print("    check", check["check"], check["subject"], check["status"], check["error"] or "")
    for fact in case["facts"]:
        if not fact["name"].startswith(QUIET):
            print("    %s = %s %s about %s" % (fact["name"], show(fact["value"]), fact.get("unit", ""), fact["subject"]))
    for dialog in case["dialogs"]:
        for line in dialog["lines"][:40]:
            print("    %7.2f %s %s" % (line["t"], line["dir"], line["text"][:100]))
    return 1


sys.exit(main())
