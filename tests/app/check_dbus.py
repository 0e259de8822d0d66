#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that docs/dbus.md tells of the interface what its description and the code say: each method, signal and
property with its types, each error, each fact of a person with its type, each state and status.

    check_dbus.py ROOT
    check_dbus.py --self-test ROOT
"""

import os
import re
import sys
import xml.etree.ElementTree

INTERFACE = "org.lampfield.Lampfield1"
FACT_TYPES = {"text": "s", "instant": "s", "bool": "b"}


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def read_description(text):
    """Kind and name → types of what goes in and out, of the installed description."""
    interface = xml.etree.ElementTree.fromstring(text).find(f"interface[@name='{INTERFACE}']")
    found = {}
    for method in interface.iter("method"):
        types = {"in": [], "out": []}
        for argument in method.iter("arg"):
            types[argument.get("direction")].append(argument.get("type"))
        found["method", method.get("name")] = (" ".join(types["in"]), " ".join(types["out"]))
    for signal in interface.iter("signal"):
        found["signal", signal.get("name")] = ("", " ".join(argument.get("type") for argument in signal.iter("arg")))
    for known in interface.iter("property"):
        found["property", known.get("name")] = ("", known.get("type"))
    return found


def read_section(document, title):
    match = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", document, re.M | re.S)
    if match is None:
        raise ValueError(f"docs/dbus.md has no section “{title}”")
    return match.group(1)


def read_rows(section):
    """The cells of each row of the section's tables, without the rows above and below the line."""
    for line in section.splitlines():
        if line.startswith("|") and not re.fullmatch(r"[|\s:-]+", line):
            yield [cell.strip() for cell in line.strip().strip("|").split("|")]


def ticked(cell):
    return re.findall(r"`([^`]+)`", cell)


def read_document_members(document):
    found = {}
    for cells in read_rows(read_section(document, "Methods")):
        if ticked(cells[0]):
            found["method", ticked(cells[0])[0]] = (" ".join(ticked(cells[1])), " ".join(ticked(cells[2])))
    for cells in read_rows(read_section(document, "Changes")):
        if cells[0].startswith(("signal", "property")):
            kind, name = cells[0].split()
            found[kind, name.strip("`")] = ("", " ".join(ticked(cells[1])))
    return found


def read_document_facts(document):
    """Name → type: of the table, and of what is added to it for the user."""
    section = read_section(document, "What is told of a person")
    found = {name: cells[1] for cells in read_rows(section) for name in ticked(cells[0])}
    added = re.search(r"^`GetOwn` adds .*$", section, re.M).group(0)
    found.update((name, kind or "s") for name, kind in re.findall(r"`(\w+)`(?: \((\w+)\))?", added) if name != "GetOwn")
    return found


def read_code_facts(code):
    found = {name: FACT_TYPES[kind] for kind, name in re.findall(r'add_(text|instant|bool) \(&?facts, "(\w+)"', code)}
    found.update((name, "as") for name in re.findall(r'g_variant_builder_add \(&?facts, "{sv}", "(\w+)"', code))
    return found


def read_document_names(document, title, first):
    """What the row of that name lists, one name each."""
    for cells in read_rows(read_section(document, title)):
        if first in cells[0]:
            return set(name for cell in cells[1:] for name in ticked(cell) if re.fullmatch(r"[a-z_]{3,}", name))
    raise ValueError(f"docs/dbus.md: no row “{first}” in “{title}”")


def compare(what, told, meant):
    """@told: by the document, @meant: by the code; sets, or names with what belongs to each."""
    for name in sorted(set(told) | set(meant), key=str):
        label = " ".join(name) if isinstance(name, tuple) else name
        if name not in told:
            yield f"{what}: docs/dbus.md does not tell of {label}"
        elif name not in meant:
            yield f"{what}: docs/dbus.md tells of {label}, which is not there"
        elif isinstance(told, dict) and told[name] != meant[name]:
            yield f"{what}: {label} is {meant[name]}, not {told[name]} as docs/dbus.md says"


def check(document, description, errors, facts, statuses):
    yield from compare("members", read_document_members(document), read_description(description))
    yield from compare("errors", {name for cells in read_rows(read_section(document, "Errors")) for name in ticked(cells[0])},
                       set(re.findall(r'PREFIX "(\w+)"', errors)))
    yield from compare("facts", read_document_facts(document), read_code_facts(facts))
    yield from compare("states", read_document_names(document, "Changes", "`State`"), set(re.findall(r'return "(\w+)";', facts)))
    yield from compare("statuses", read_document_names(document, "What is told of a person", "`status`"),
                       set(re.findall(r'\[LF_DISPLAY_\w+\] = "(\w+)"', statuses)))


def main():
    root = sys.argv[-1]
    document = read(root, "docs/dbus.md")
    sources = [read(root, path) for path in ("data/org.lampfield.Lampfield1.xml", "src/app/service/lf-service-error.c",
                                             "src/app/service/lf-person-facts.c", "src/core/lf-resolver.c")]
    wrong = list(check(document, *sources))
    if sys.argv[1] == "--self-test":
        changes = (("| `GetPerson` | `s` |", "| `GetPerson` | `u` |"), ("| `NoNumber` |", "| `NoNumbers` |"),
                   ("`free_to_talk` | b", "`free_to_talk` | s"), ("`connecting` ", ""), (" `idle` ", " "),
                   ("signal `OwnChanged` | `a{sv}`", "signal `OwnChanged` | `s`"), ("`choice_until`, ", ""))
        for before, after in changes:
            if before not in document:
                wrong.append(f"self-test: “{before}” is not in docs/dbus.md")
            elif not list(check(document.replace(before, after), *sources)):
                wrong.append(f"self-test: “{before}” could be “{after}” unseen")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
