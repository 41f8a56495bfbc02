#!/usr/bin/env python3
"""
fixes.py causes FOLDER NEW           the causes of FOLDER in NEW, all of them about as likely as one another
fixes.py case SOFTWARE [FACT=VALUE...]
                                     a case about a server of that software, on stdout
fixes.py run CASE OTHER CAUSE FILE...
                                     types every fix of CASE that OTHER, the case of a server that nobody knows, does not
                                     have: the commands must work and what verifies them must succeed; what undoes them
                                     must leave the files, or folders of files, byte for byte as they were. CAUSE: a pattern
                                     of file names: whose fixes count

Written for tests/cli/fixes_*.sh; `run` runs in the root of the server. Every fix that changes something is a test.
"""
import fnmatch
import json
import os
import re
import subprocess
import sys

ENDPOINT = "mail.example.test [127.0.0.1]:25"

# What a person's shell has besides the commands: smtpdx, which here measures the server next door. It waits for no idle
# timer, since those that are set are minutes. And Postfix does not read a file that was changed within the last second.
PRELUDE = """
postconf() {
	command postconf "$@" || return
	touch -d '1 minute ago' /etc/postfix/main.cf /etc/postfix/master.cf
}
smtpdx() {
	shift 2
	[ "${1-}" != -4 ] || shift
	/usr/local/bin/smtpdx check 127.0.0.1:25 --only smtp --timeout 20
}
"""


def causes(folder, new):
    os.makedirs(new)
    for name in os.listdir(folder):
        if not name.endswith(".cause"):
            continue
        with open(os.path.join(folder, name)) as file:
            text = file.read()
        text = re.sub(r"(?m)^prior:.*", "prior: 0", text)
        text = re.sub(r"(?m)^support \+\d+", "support +1", text)
        text = re.sub(r"(?m)^against -\d+", "against -1", text)
        with open(os.path.join(new, name), "w") as file:
            file.write(text)


def case(software, settings):
    facts = [("smtp.server.software", software, ENDPOINT)]
    # What is said about the configuration is said about its one service.
    service = {"postfix": "postfix smtp/inet", "exim": "exim server"}.get(software, software + " server")
    facts += [("config.software", software, service)] if any("config." in setting for setting in settings) else []
    for setting in settings:
        name, value = setting.split("=", 1)
        subject = service if name.startswith("config.") else ENDPOINT
        if "@" in name:
            name, subject = name.split("@", 1)
        if re.fullmatch(r"\d+(\.\d+)?", value) and not name.endswith(".raw"):
            value = float(value)
        facts.append((name, value, subject))
        if name == "config.setting.origin":
            facts.append(("config.setting.value", "something", subject))
    at = "2026-11-21T12:00:00Z"
    json.dump({
        "schema": "smtpdx.case/1", "smtpdx": "0", "created": at, "observer": {}, "target": "mail.example.test:25",
        "direction": "outbound", "answers": {}, "checks": [], "dialogs": [], "diagnosis": [],
        "facts": [{"name": name, "value": value, "unit": "", "subject": subject, "check": "test", "at": at}
                  for name, value, subject in facts],
    }, sys.stdout)


def fixes(path):
    with open(path) as file:
        findings = json.load(file)["diagnosis"]
    return [(finding["cause"], fix) for finding in findings for fix in finding["fixes"] if fix["command"]]


def type_in(text, strict):
    """The status and what was said; strict: every line must succeed."""
    shell = subprocess.run(["sh", "-e" if strict else "-s"], input=PRELUDE + text + "\n", capture_output=True, text=True)
    return shell.returncode, (shell.stdout + shell.stderr).strip()


def snapshot(paths):
    found = {}
    for path in paths:
        walk = [(path, [], [""])] if os.path.isfile(path) else os.walk(path)
        for folder, _, names in walk:
            for name in names:
                file = os.path.join(folder, name) if name else folder
                status = os.lstat(file)
                content = os.readlink(file) if os.path.islink(file) else open(file, "rb").read()
                found[file] = (status.st_mode, status.st_uid, content)
    return found


def differences(before, after):
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


class Judge:
    def __init__(self):
        self.failed = 0

    def expect(self, what, holds, said):
        print("ok" if holds else "not ok", what)
        if not holds:
            self.failed += 1
            print("#   " + str(said)[:400].replace("\n", "\n#   "))
        sys.stdout.flush()


def is_for_the_server(fix, others):
    """Not for PowerShell, and not a fix that everybody is shown, unless it is for senders with Postfix and this is one."""
    text = fix["command"]
    if re.search(r"(?m)^[A-Z][a-z]+-[A-Z]", text):
        return False
    return text not in others or ("postconf" in text and os.path.exists("/etc/postfix/main.cf"))


def run(case_path, other_path, wanted, paths):
    judge, others = Judge(), [fix["command"] for _, fix in fixes(other_path)]
    changed = 0
    for cause, fix in fixes(case_path):
        command = fix["command"]
        if not is_for_the_server(fix, others) or not fnmatch.fnmatch(cause, wanted):
            continue
        before = snapshot(paths)
        first = command.split("\n")[0]
        status, said = type_in(command, strict=bool(fix["undo"]))
        if not fix["undo"]:
            # What only shows something may find nothing; it must be a command, and change nothing.
            usage = re.search(r"(?i)usage:|invalid option|unrecognized|not found$|syntax error|unknown param", said)
            judge.expect(f"{cause}: shows: {first}", status < 126 and not usage and
                         differences(before, snapshot(paths)) == [], said)
            continue
        changed += 1
        judge.expect(f"{cause}: works: {command!r}", status == 0, said)
        judge.expect(f"{cause}: changes something", differences(before, snapshot(paths)) != [], command)
        status, said = type_in(fix["verify"], strict=True)
        judge.expect(f"{cause}: is verified by {fix['verify']!r}", status == 0, said)
        status, said = type_in(fix["undo"], strict=True)
        judge.expect(f"{cause}: is undone by {fix['undo']!r}", status == 0, said)
        judge.expect(f"{cause}: and all is as it was", differences(before, snapshot(paths)) == [],
                     differences(before, snapshot(paths)))
    judge.expect("there were fixes to type", changed > 0, "none")
    sys.exit(judge.failed > 0)


verb, arguments = sys.argv[1], sys.argv[2:]
if verb == "causes":
    causes(*arguments)
elif verb == "case":
    case(arguments[0], arguments[1:])
else:
    run(*arguments[:3], arguments[3:])
