#!/usr/bin/env python3
"""Reads what `smtpdx check --json` found on the paths of a test and says of each whether it is right.

verdicts.py CASES FOLDER: a line of CASES is NUMBER ROUTERS FAMILY MTU ROUTER DIRECTION ICMP TARGET, with the report of the
case in FOLDER/NUMBER. Prints "ok TEXT" or "not_ok TEXT"; the texts make a table.
"""
import json
import sys


def facts_of(case):
    return {fact["name"]: fact["value"] for fact in case["facts"]}


def place(facts, prefix):
    """The link as (last hop that is reached, first that is not)."""
    far = facts.get(f"{prefix}.far", "hop ? [").split(" ")[1]
    return facts.get(f"{prefix}.hop"), int(far) if far.isdigit() else None


def expected(mtu, router, direction, icmp):
    if mtu == "-":
        return "healthy", None, None, None
    cause = "healthy" if icmp == "passed" else "pmtu-blackhole"
    size = int(mtu)
    # A router narrows the link that it sends into: towards us that is the one before it.
    link = (router, router + 1) if direction == "out" else (router - 1, router)
    return cause, size, size, link


def measured(case, mtu, direction, icmp):
    facts = facts_of(case)
    cause = case["diagnosis"][0]["cause"]
    if mtu == "-":
        return cause, None, None, place(facts, "mtu.link")[0]
    if direction == "out":
        return cause, facts.get("mtu.out.size"), facts.get("mtu.path"), place(facts, "mtu.link")
    # Where nothing vanishes the kernel tells the size of what comes, but never less than 536 bytes of data.
    inband = facts.get("mtu.in.size") if icmp == "dropped" else facts.get("mtu.in.largest", int(mtu) if mtu == "576" else None)
    return cause, inband, facts.get("mtu.back.path"), place(facts, "mtu.back.link")


def link_text(link):
    return "-" if link is None or link == (None, None) else f"{link[0]}-{link[1]}"


def judge(line, folder):
    number, routers, family, mtu, router, direction, icmp, target = line.split()
    what = f"{routers} routers  {family}  {mtu:>4}  {direction:3}  ICMP {icmp:7}"
    try:
        with open(f"{folder}/{number}", encoding="utf-8") as file:
            case = json.load(file)
    except (OSError, ValueError) as error:
        return f"not_ok {what}  no report: {error}"
    want = expected(mtu, int(router), direction, icmp)
    got = measured(case, mtu, direction, icmp)
    connections = facts_of(case).get("mtu.connections")
    seconds = sum(check["seconds"] for check in case["checks"])
    text = f"{what}  {got[0]:14}  MTU {got[2] or '-'}  link {link_text(got[3])}  {connections} connections  {seconds:.2f} s"
    if got != want:
        return f"not_ok {text}  (expected {want}, got {got}, {target})"
    if connections is None or connections > 10:
        return f"not_ok {text}  (too many connections)"
    return f"ok {text}"


with open(sys.argv[1], encoding="utf-8") as cases:
    for row in cases:
        print(judge(row, sys.argv[2]))
