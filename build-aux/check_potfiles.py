#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that po/POTFILES names exactly the files with translatable text, sorted, and that each
translation has every one of their messages (what xgettext finds), none fuzzy.

    check_potfiles.py [ROOT]
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

MARKS = {
    ".c": re.compile(r'(?<![A-Za-z0-9_])(?:N?C?_|ngettext|g_dngettext|NC_) ?\("'),
    ".h": re.compile(r'(?<![A-Za-z0-9_])(?:N?C?_|ngettext|NC_) ?\("'),
    ".ui": re.compile(r'translatable="(?:yes|1|true)"'),
    ".in": re.compile(r"^\[Desktop Entry\]|<component ", re.M),
}


def translatable_files(root):
    for top in ("src", "data"):
        for folder, names, files in os.walk(os.path.join(root, top)):
            names.sort()
            for name in files:
                mark = MARKS.get(os.path.splitext(name)[1])
                path = os.path.join(folder, name)
                if mark is None:
                    continue
                with open(path, encoding="utf-8") as file:
                    if mark.search(file.read()):
                        yield os.path.relpath(path, root)


def check_list(root):
    with open(os.path.join(root, "po", "POTFILES"), encoding="utf-8") as file:
        listed = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    found = set(translatable_files(root))
    problems = [f"po/POTFILES lacks {path}" for path in sorted(found - set(listed))]
    problems += [f"po/POTFILES names {path}, which has nothing to translate" for path in sorted(set(listed) - found)]
    if listed != sorted(listed):
        problems.append("po/POTFILES is not sorted")
    return problems


def check_translation(root, language, template):
    """Messages of @template that @language lacks or has only fuzzily."""
    po_file = os.path.join(root, "po", language + ".po")
    with tempfile.NamedTemporaryFile(suffix=".po") as merged:
        subprocess.run(["msgmerge", "--quiet", "--no-fuzzy-matching", "-o", merged.name, po_file, template], check=True)
        problems = []
        for kind in ("--untranslated", "--only-fuzzy"):
            left = subprocess.run(["msgattrib", kind, "--no-obsolete", "--no-wrap", merged.name],
                                  check=True, capture_output=True, text=True).stdout
            texts = re.findall(r'^msgid (?:""\n)?"(.+)"$', left, re.M)
            word = "lacks" if kind == "--untranslated" else "is not sure of"
            problems += [f"po/{language}.po {word} “{text}”" for text in texts]
    return problems


def make_template(root, target):
    subprocess.run(
        ["xgettext", "--from-code=UTF-8", "--keyword=_", "--keyword=N_", "--keyword=C_:1c,2", "--keyword=NC_:1c,2",
         "--keyword=ngettext:1,2", "--keyword=g_dngettext:2,3", "--files-from=po/POTFILES", f"--output={target}"],
        cwd=root, check=True, capture_output=True)


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    problems = check_list(root)
    if shutil.which("xgettext") is None or shutil.which("msgmerge") is None:
        print("gettext is not installed: the translations were not compared with the sources")
        if not problems:
            return 77
    elif not problems:
        with tempfile.NamedTemporaryFile(suffix=".pot") as template:
            make_template(root, template.name)
            with open(os.path.join(root, "po", "LINGUAS"), encoding="utf-8") as file:
                for language in file.read().split():
                    problems += check_translation(root, language, template.name)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
