#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expands every case of the corpus by the product, and compares with what ical.js made of it (oracle.tsv, see
build-aux/make-ical-oracle) and with python3-dateutil. Each difference stands in DIFFERENCES.md with its reason:
one that does not is a failure, and so is one that is no more.

    test_oracle.py EXPAND-CALENDARS ORACLE.TSV DIFFERENCES.MD
"""

import datetime
import os
import subprocess
import sys
import tempfile

try:
    import corpus_cases
except ImportError:
    print("skipped: python3-dateutil is not installed")
    sys.exit(77)
from calendar_print import UTC, format_instant
from corpus_model import unite

MIN_CASES = 300
ORACLES = ("ical.js", "dateutil")
VERDICTS = ("product", "oracle", "either")


def expand_by_product(program, cases):
    """The periods of each case, by name."""
    with tempfile.TemporaryDirectory() as folder:
        orders = []
        for case in cases:
            path = os.path.join(folder, case.name)
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(case.text())
            orders.append(f"{case.owner_zone} {format_instant(case.first)} {format_instant(case.last)} {path}\n")
        done = subprocess.run([program], input="".join(orders), capture_output=True, text=True, timeout=200, check=True)
    periods, known, current = {}, {}, None
    for line in done.stdout.splitlines():
        words = line.split()
        if words[0].startswith(folder):
            current = os.path.basename(words[0])
            known[current] = (words[1], words[2])
            periods[current] = []
        else:
            periods[current].append(tuple(words))
    for case in cases:
        if known.get(case.name) != (format_instant(case.last), "0"):
            sys.exit(f"{case.name}: the product could not read it whole: {known.get(case.name)}")
    return periods


def read_instance(text):
    """"20261124T093000Z/2700/t/STATUS=TENTATIVE": start, seconds, date or time, what the instance says."""
    start, seconds, kind, *words = text.split("/")
    begin = datetime.datetime.strptime(start, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return (begin, begin + datetime.timedelta(seconds=int(seconds)), kind == "d",
            dict(word.split("=", 1) for word in words))


def read_oracle(path):
    found = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                name, instances = line.rstrip("\n").split("\t")
                found[name] = [read_instance(text) for text in instances.split() if text != "-"]
    return found


def read_differences(path):
    """Rows "| case | oracle | who is right | why |" as {(case, oracle): why}."""
    found = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if len(cells) != 4 or cells[1] not in ORACLES:
                continue
            if cells[2] not in VERDICTS or "RFC 5545 section" not in cells[3] or (cells[0], cells[1]) in found:
                sys.exit(f"{path}: not a row of the table: {line.strip()}")
            found[cells[0], cells[1]] = cells[3]
    return found


def print_difference(name, oracle, got, expected):
    print(f"{name} differs from {oracle}:")
    for period in sorted(set(got) ^ set(expected))[:6]:
        print(f"  only {'the product' if period in got else oracle}: {' '.join(period)}")


def compare(cases, product, expected, listed):
    """What is wrong, in words; @expected has the instances of each (case, oracle)."""
    wrong, differing = [], set()
    for case in cases:
        for oracle in ORACLES:
            if (case.name, oracle) not in expected:
                continue
            periods = [(format_instant(start), format_instant(end), busy_type) for start, end, busy_type
                       in unite(expected[case.name, oracle], case.first, case.last)]
            if product[case.name] == periods:
                continue
            differing.add((case.name, oracle))
            if (case.name, oracle) not in listed:
                print_difference(case.name, oracle, product[case.name], periods)
                wrong.append(f"{case.name}: not in the table of differences from {oracle}")
    wrong += [f"{name}: listed, but does not differ from {oracle}" for name, oracle in sorted(set(listed) - differing)]
    return wrong


def main():
    program, oracle_path, differences_path = sys.argv[1:4]
    cases = list(corpus_cases.list_cases())
    instances = read_oracle(oracle_path)
    if set(instances) != {case.name for case in cases} or len(instances) < MIN_CASES:
        sys.exit(f"{oracle_path} is not of this corpus: run build-aux/make-ical-oracle")
    expected = {(name, "ical.js"): found for name, found in instances.items()}
    for case in cases:
        if case.series is not None:
            expected[case.name, "dateutil"] = list(case.series.expand(case.first, case.last))
    product = expand_by_product(program, cases)
    listed = read_differences(differences_path)
    wrong = compare(cases, product, expected, listed)
    for text in wrong:
        print(text)
    n_periods = sum(len(periods) for periods in product.values())
    print(f"{len(cases)} cases with {n_periods} periods compared with ical.js and dateutil, {len(listed)} differences "
          f"listed, {len(wrong)} wrong")
    sys.exit(1 if wrong or n_periods == 0 else 0)


if __name__ == "__main__":
    main()
