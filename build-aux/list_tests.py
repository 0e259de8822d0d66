#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What build-aux/test asks about the tests.

    list_tests.py targets BUILD SUITE...   the build targets that the tests of these suites need
    list_tests.py summary BUILD SUITE...   counts the last run's test cases, names what failed or was skipped
"""

import json
import os
import re
import subprocess
import sys

TAP_LINE = re.compile(r"^(not ok|ok) \d+(?: - | )?(.*?)(?: # (SKIP|TODO)\b ?(.*))?$", re.I)


def suite_names(test):
    """The suites of a meson test without the project's name: "lampfield:core" is "core"."""
    return {name.rpartition(":")[2] for name in test["suite"]}


def introspect(build, what):
    answer = subprocess.run(["meson", "introspect", what, build], check=True, capture_output=True, text=True)
    return json.loads(answer.stdout)


def print_targets(build, suites):
    wanted = set()
    for test in introspect(build, "--tests"):
        if suite_names(test) & set(suites):
            wanted.update(test["depends"])
    names = set()
    for target in introspect(build, "--targets"):
        if target["id"] in wanted:
            names.update(os.path.relpath(name, os.path.abspath(build)) for name in target["filename"])
    for name in sorted(names):
        print(name)


def read_log(build):
    path = os.path.join(build, "meson-logs", "testlog.json")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as log:
        return [json.loads(line) for line in log if line.strip()]


def judge_test(entry):
    """One meson test as (passed, [failed], [skipped]), by test case where it speaks TAP."""
    name = entry["name"].rpartition(" / ")[2].rpartition(":")[2].strip()
    passed, failed, skipped = 0, [], []
    for line in (entry.get("stdout") or "").splitlines():
        match = TAP_LINE.match(line)
        if not match:
            continue
        case = f"{name}: {match[2]}" if match[2] else name
        if match[3] and match[3].upper() == "SKIP":
            skipped.append(f"{case}: {match[4] or 'no reason given'}")
        elif match[1].lower() == "ok":
            passed += 1
        else:
            failed.append(case)
    result = entry["result"]
    if result in ("OK", "EXPECTEDFAIL"):
        if not (passed or failed or skipped):
            passed = 1
    elif result == "SKIP":
        if not skipped:
            said = [line for line in (entry.get("stdout") or "").splitlines() if line.strip()]
            skipped.append(f"{name}: {said[-1] if said else 'no reason given'}")
    elif not failed:
        failed.append(f"{name}: {result.lower()}, exit code {entry.get('returncode')}")
    return passed, failed, skipped


def print_summary(build, suites):
    passed, failed, skipped = 0, [], []
    entries = read_log(build)
    defined = set()
    expected = 0
    for test in introspect(build, "--tests"):
        defined |= suite_names(test)
        expected += bool(suite_names(test) & set(suites))
    for entry in entries:
        numbers = judge_test(entry)
        passed += numbers[0]
        failed += numbers[1]
        skipped += numbers[2]
    if len(entries) < expected:
        failed.append(f"{expected - len(entries)} of {expected} tests did not run to their end")
    for suite in suites:
        if suite not in defined:
            if os.environ.get("LF_TEST_PACKAGES") == "true":
                failed.append(f"suite {suite} has no test")
            else:
                skipped.append(f"suite {suite}: its libraries are not installed (build-aux/packages)")
    print()
    for text in skipped:
        print(f"skipped: {text}")
    for text in failed:
        print(f"FAILED:  {text}")
    print(f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped")
    return 1 if failed else 0


def main():
    if len(sys.argv) < 4 or sys.argv[1] not in ("targets", "summary"):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    if sys.argv[1] == "targets":
        print_targets(sys.argv[2], sys.argv[3:])
        return 0
    return print_summary(sys.argv[2], sys.argv[3:])


if __name__ == "__main__":
    sys.exit(main())
