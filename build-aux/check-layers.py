#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks who includes what: each folder sees only the layers below it and its own libraries.

    check-layers.py [ROOT]       looks at ROOT/src, names every forbidden include, exit code 1 if any
    check-layers.py --self-test  proves on made-up trees that a forbidden include is found
"""

import os
import re
import sys
import tempfile

# Folder -> folders below src whose headers it may include, beside its own.
LAYERS = {
    "core": (),
    "ical": ("core",),
    "client": ("core", "ical"),
    "app": ("core", "client"),
    "server": ("core",),
    "connectors/calendar": ("core", "client", "ical"),
    "connectors/phone": ("core", "client"),
    "demo": ("core", "client"),
}

# Folder -> patterns of third-party headers, beside GLib, GObject, GIO and the C library.
LIBRARIES = {
    "core": (),
    "ical": (r"libical/.*", r"unicode/.*"),
    "client": (r"libsoup/.*", r"libsecret/.*", r"sqlite3\.h", r"libecal/.*", r"libedataserver/.*"),
    "app": (r"gtk/.*", r"gdk/.*", r"adwaita\.h", r"X11/.*", r"wayland-client\.h", r"pipewire/.*"),
    "server": (r"microhttpd\.h", r"wslay/.*", r"sqlite3\.h", r"libpq-fe\.h", r"hiredis/.*", r"sodium\.h"),
    "connectors/calendar": (r"libsoup/.*", r"gnutls/.*", r"sodium\.h"),
    "connectors/phone": (r"sofia-sip/.*", r"gmime/.*", r"libsoup/.*"),
    "demo": (),
}


EVERYWHERE = (
    r"glib\.h", r"glib-object\.h", r"glib-unix\.h", r"glib/gi18n(-lib)?\.h", r"glib/gstdio\.h", r"gio/.*",
    r"(arpa|linux|net|netinet|sys)/[a-z0-9_]+\.h",
    r"(assert|ctype|dirent|dlfcn|endian|errno|fcntl|float|grp|inttypes|langinfo|limits|locale|math|netdb|poll|"
    r"pthread|pwd|sched|signal|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|string|strings|syslog|"
    r"termios|time|unistd|wchar)\.h",
)
GENERATED = (r"config\.h", r"lf-[a-z-]*(resources|marshal|enums)\.h", r"lampfield-resources\.h",
             r"ext-idle-notify-v1-client-protocol\.h")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def sources_below(top):
    for folder, names, files in os.walk(top):
        names.sort()
        for name in sorted(files):
            if name.endswith((".c", ".h")):
                yield os.path.relpath(os.path.join(folder, name), top)


def layer_of(path):
    """The layer that @path (below src) lies in, or None."""
    for layer in sorted(LAYERS, key=len, reverse=True):
        if path.startswith(layer + os.sep):
            return layer
    return None


def matches(patterns, header):
    return any(re.fullmatch(pattern, header) for pattern in patterns)


def check_include(layer, quote, header, owners):
    """What is wrong with one include, or None."""
    owner = owners.get(os.path.basename(header))
    if owner is not None:
        if owner == layer or owner in LAYERS[layer]:
            return None
        return f"“{header}” is of {owner}, which {layer} may not see"
    if matches(EVERYWHERE, header) or matches(LIBRARIES[layer], header):
        return None
    if quote == '"' and matches(GENERATED, header):
        return None
    return f"“{header}” is none of the headers that {layer} may include"


def check_tree(root):
    """All problems of ROOT/src, as "path:line: text"."""
    top = os.path.join(root, "src")
    problems = []
    owners = {}
    paths = list(sources_below(top))
    for path in paths:
        name = os.path.basename(path)
        layer = layer_of(path)
        if layer is None:
            problems.append(f"src/{path}:1: lies in no layer that check-layers.py knows")
        elif name.endswith(".h"):
            if name in owners:
                problems.append(f"src/{path}:1: another header is called {name} too")
            owners[name] = layer
    for path in paths:
        layer = layer_of(path)
        if layer is None:
            continue
        with open(os.path.join(top, path), encoding="utf-8") as file:
            text = file.read()
        for match in INCLUDE.finditer(text):
            wrong = check_include(layer, match[1], match[2], owners)
            if wrong:
                problems.append(f"src/{path}:{text.count(chr(10), 0, match.start(2)) + 1}: {wrong}")
    return problems


SELF_TESTS = (
    # (claim, {path: text}, words of the one expected problem or None)
    ("core may be seen by all", {"core/a.h": "", "server/b.c": '#include "a.h"\n'}, None),
    ("a folder sees itself", {"app/window/a.h": "", "app/chat/b.c": '#include "a.h"\n'}, None),
    ("the server may not see the client", {"client/a.h": "", "server/b.c": '\n#include "a.h"\n'}, "server/b.c:2:"),
    ("the client may not see the server", {"server/a.h": "", "client/b.c": '#include "a.h"\n'}, "client/b.c:1:"),
    ("core sees no layer above", {"ical/a.h": "", "core/b.c": '#include "a.h"\n'}, "core/b.c:1:"),
    ("only the app knows GTK", {"client/b.c": "#include <gtk/gtk.h>\n"}, "gtk/gtk.h"),
    ("the app may include GTK", {"app/b.c": "#include <gtk/gtk.h>\n#  include <adwaita.h>\n"}, None),
    ("no libsoup in the server", {"server/b.c": "#include <libsoup/soup.h>\n"}, "libsoup/soup.h"),
    ("one reader of JSON", {"client/b.c": "#include <json-glib/json-glib.h>\n"}, "json-glib"),
    ("a path does not hide the layer", {"client/a.h": "", "server/b.c": '#include "../client/a.h"\n'}, "client"),
    ("one header name, one file", {"core/a.h": "", "server/a.h": ""}, "called a.h too"),
    ("each folder is known", {"extra/a.c": ""}, "no layer"),
    ("the C library is for all", {"core/b.c": "#include <errno.h>\n#include <sys/stat.h>\n"}, None),
)


def self_test():
    failed = 0
    print(f"1..{len(SELF_TESTS)}")
    for number, (claim, files, words) in enumerate(SELF_TESTS, 1):
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                full = os.path.join(root, "src", path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, "w", encoding="utf-8") as file:
                    file.write(text)
            problems = check_tree(root)
        good = not problems if words is None else len(problems) == 1 and words in problems[0]
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} {claim}")
        if not good:
            print(f"# found: {problems}")
    return 1 if failed else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    problems = check_tree(root)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
