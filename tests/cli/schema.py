#!/usr/bin/python3
"""schema.py SCHEMA CASE [break]: whether a case is valid.

With "break" the case is also broken in every way that comes to mind, one at a time: the schema must refuse each. That
case must be one that has something everywhere (tests/data/report/full.json). Needs Debian's python3-jsonschema.
"""
import copy
import json
import sys

import jsonschema

schema = json.load(open(sys.argv[1], encoding="utf-8"))
case = json.load(open(sys.argv[2], encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)

for error in validator.iter_errors(case):
    print("invalid: %s: %s" % ("/".join(map(str, error.absolute_path)), error.message))
    sys.exit(1)
print("valid")
if len(sys.argv) < 4:
    sys.exit(0)


def objects(value, path=()):
    """Every object of the case with the path to it."""
    if isinstance(value, dict):
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from objects(item, path + (key,))


def at(value, path):
    for key in path:
        value = value[key]
    return value


# Members that another program may leave out or fill as it likes.
FREE = {("observer",), ("answers",)}
OPTIONAL = {"why"}


def breakages():
    """The case, broken in one place each time, with what was done to it."""
    for path in objects(case):
        if path in FREE:
            continue
        for key in at(case, path):
            if key in OPTIONAL:
                continue
            broken = copy.deepcopy(case)
            del at(broken, path)[key]
            yield "without %s" % "/".join(map(str, path + (key,))), broken
            broken = copy.deepcopy(case)
            at(broken, path)[key] = [[]]
            yield "wrong kind of %s" % "/".join(map(str, path + (key,))), broken
    for path, value in [
        (("schema",), "smtpdx.case/2"), (("created",), "yesterday"), (("direction",), "sideways"),
        (("checks", 0, "status"), "passed"), (("checks", 0, "seconds"), -1),
        (("checks", 0, "error"), "but it is done"), (("checks", 3, "error"), None),
        (("facts", 0, "name"), "No Such Name"), (("facts", 0, "unit"), "fortnight"), (("facts", 1, "value"), "5.38 s"),
        (("dialogs", 0, "lines", 0, "dir"), "up"), (("diagnosis", 0, "probability"), 97),
        (("diagnosis", 0, "cause"), "DNS slow"), (("diagnosis", 0, "fixes", 0, "kind"), "maybe"),
    ]:
        broken = copy.deepcopy(case)
        at(broken, path[:-1])[path[-1]] = value
        yield "%s = %r" % ("/".join(map(str, path)), value), broken


for what, broken in breakages():
    if validator.is_valid(broken):
        print("not refused: " + what)
        sys.exit(1)

# Members that nobody knows yet are welcome in every object.
for path in objects(case):
    newer = copy.deepcopy(case)
    at(newer, path)["from-the-future"] = {"x": 1}
    if not validator.is_valid(newer):
        print("refused: an unknown member in " + "/".join(map(str, path)))
        sys.exit(1)
print("broken ones refused")
