#!/usr/bin/env python3
"""
judge.py SMTPDX < TABLE - makes captures and says whether the diagnosis is right

Each line of the table is a cause and the arguments of make_pcap.py without the file. For each a line is printed: "yes" or "no",
the arguments, and what came first with its probability. One process for all, since starting an interpreter costs more than the
rest.
"""
import json
import subprocess
import sys

import make_pcap

program, path = sys.argv[1], "judged.pcap"
for line in sys.stdin:
    wanted, *arguments = line.split()
    sys.argv = ["make_pcap.py", *arguments, path]
    make_pcap.main()
    run = subprocess.run([program, "explain", "--json", path], capture_output=True)
    first = json.loads(run.stdout)["diagnosis"][0]
    right = first["cause"] == wanted and (first["probability"] >= 0.5 or wanted == "unknown")
    print("yes" if right else "no", "%s: %s %.2f" % (" ".join(arguments), first["cause"], first["probability"]))
