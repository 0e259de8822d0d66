#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the help pages: links lead somewhere, figures exist, keys are those of the shortcuts window.

    check_help.py [ROOT]               names everything that is wrong, exit code 1 if anything is
    check_help.py --self-test [ROOT]   proves on spoilt copies that it is found
"""

import os
import re
import shutil
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

NS = "{http://projectmallard.org/1.0/}"
WORDS = {"Control": "Ctrl", "Return": "Enter", "Escape": "Esc", "comma": ",", "question": "?"}


def known_keys(overlay):
    """The shortcuts that the window of them tells, each as a tuple of key names."""
    known = set()
    for element in ElementTree.parse(overlay).iter("property"):
        if element.get("name") == "accelerator":
            for accelerator in element.text.split():
                names = re.findall(r"<(\w+)>", accelerator) + [accelerator.rpartition(">")[2]]
                known.add(tuple(WORDS.get(name, name if len(name) > 1 else name.upper()) for name in names))
    return known


def told_keys(page):
    """The shortcuts that a page tells."""
    sequences = [[key.text for key in sequence.iter(NS + "key")] for sequence in page.iter(NS + "keyseq")]
    inside = {key for sequence in page.iter(NS + "keyseq") for key in sequence.iter(NS + "key")}
    return {tuple(names) for names in sequences} | {(key.text,) for key in page.iter(NS + "key") if key not in inside}


def check_page(name, page, targets, folder):
    """What is wrong with one page itself."""
    if page.tag != NS + "page" or page.get("id") != name or page.find(NS + "title") is None:
        yield f"{name}: no Mallard page of that id with a title"
    if page.findtext(f"{NS}info/{NS}desc") is None:
        yield f"{name}: no description"
    if page.get("type") != "guide" and page.find(f"{NS}info/{NS}link[@type='guide']") is None:
        yield f"{name}: no guide leads here"
    for link in page.iter(NS + "link"):
        if link.get("xref") not in targets:
            yield f"{name}: the link to {link.get('xref')} leads nowhere"
    for media in page.iter(NS + "media"):
        if not os.path.isfile(os.path.join(folder, media.get("src"))):
            yield f"{name}: there is no {media.get('src')}"
        if not (media.text or "").strip():
            yield f"{name}: no words for {media.get('src')}"


def check(root):
    """Everything that is wrong, a line each."""
    folder = os.path.join(root, "help", "C")
    known = known_keys(os.path.join(root, "src", "app", "window", "help-overlay.ui"))
    names = sorted(name[:-5] for name in os.listdir(folder) if name.endswith(".page"))
    pages = {name: ElementTree.parse(os.path.join(folder, name + ".page")).getroot() for name in names}
    targets = set(names)
    for name, page in pages.items():
        targets.update(f"{name}#{section.get('id')}" for section in page.iter(NS + "section"))
    with open(os.path.join(root, "help", "meson.build"), encoding="utf-8") as file:
        installed = set(re.findall(r"'(C/[^']+)'", file.read()))
    for base, _folders, files in os.walk(folder):
        for file in files:
            path = os.path.relpath(os.path.join(base, file), os.path.dirname(folder))
            if path not in installed:
                yield f"{path}: not installed"
    for name, page in pages.items():
        yield from check_page(name, page, targets, folder)
        for keys in sorted(told_keys(page) - known):
            yield f"{name}: the shortcuts window does not tell {'+'.join(keys)}"
    for keys in sorted(known - told_keys(pages["keys"])):
        yield f"keys: {'+'.join(keys)} is missing"


SPOILT = (
    ("help/C/sign-in.page", 'xref="trouble"', 'xref="nowhere"', "leads nowhere"),
    ("help/C/sign-in.page", "<key>K</key>", "<key>J</key>", "does not tell Ctrl+J"),
    ("help/C/badges.page", "badge-idle.svg", "badge-none.svg", "there is no figures/badge-none.svg"),
    ("help/C/keys.page", "<key>F1</key>", "F1", "keys: F1 is missing"),
    ("help/meson.build", "'C/chat.page'", "'C/index.page'", "C/chat.page: not installed"),
)


def self_test(root):
    """What is not found on copies that are spoilt, a line each."""
    for path, old, new, words in SPOILT:
        with tempfile.TemporaryDirectory() as copy:
            shutil.copytree(os.path.join(root, "help"), os.path.join(copy, "help"))
            os.makedirs(os.path.join(copy, "src/app/window"))
            shutil.copy(os.path.join(root, "src/app/window/help-overlay.ui"), os.path.join(copy, "src/app/window"))
            with open(os.path.join(copy, path), "r+", encoding="utf-8") as file:
                text = file.read()
                file.seek(0)
                file.truncate()
                file.write(text.replace(old, new))
            if not any(words in trouble for trouble in check(copy)):
                yield f"not found in {path}: {words}"


def main():
    arguments = sys.argv[1:]
    find = self_test if "--self-test" in arguments else check
    roots = [argument for argument in arguments if argument != "--self-test"]
    troubles = list(find(roots[0] if roots else "."))
    for trouble in troubles:
        print(trouble)
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
