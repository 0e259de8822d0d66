#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""meson install into a DESTDIR: everything is where a packager expects it, and starts from there."""

import os
import subprocess
import sys
import tempfile

FILES = (
    "bin/lampfield",
    "bin/lampfield-server",
    "bin/lampfield-calendar",
    "bin/lampfield-demo",
    "libexec/lampfield-calendar-worker",
    "share/applications/org.lampfield.Lampfield.desktop",
    "share/metainfo/org.lampfield.Lampfield.metainfo.xml",
    "share/dbus-1/interfaces/org.lampfield.Lampfield1.xml",
    "share/gnome-shell/search-providers/org.lampfield.Lampfield.search-provider.ini",
    "share/glib-2.0/schemas/org.lampfield.Lampfield.gschema.xml",
    "share/icons/hicolor/scalable/apps/org.lampfield.Lampfield.svg",
    "share/icons/hicolor/symbolic/apps/org.lampfield.Lampfield-symbolic.svg",
    "lib/systemd/system/lampfield-server.service",
    "lib/systemd/system/lampfield-calendar.service",
    "lib/sysusers.d/lampfield.conf",
    "lib/tmpfiles.d/lampfield.conf",
    "share/lampfield/nginx/lampfield.conf",
    "share/help/C/lampfield/index.page",
    "share/locale/de/LC_MESSAGES/lampfield.mo",
)


def main():
    build = os.environ["LF_BUILD"]
    with tempfile.TemporaryDirectory() as destination:
        done = subprocess.run(["meson", "install", "-C", build, "--no-rebuild", "--destdir", destination],
                              capture_output=True, text=True, check=False)
        print("1..2")
        if done.returncode != 0:
            print("\n".join("# " + line for line in (done.stdout + done.stderr).splitlines()[-20:]))
        present = set()
        for folder, _names, files in os.walk(destination):
            present.update(os.path.relpath(os.path.join(folder, name), destination) for name in files)
        missing = [path for path in FILES if not any(name.endswith("/" + path) for name in present)]
        print(f"{'not ok' if missing or done.returncode else 'ok'} 1 every file is installed")
        for path in missing:
            print(f"# missing: {path}")
        mute = []
        env = dict(os.environ, GSETTINGS_SCHEMA_DIR=os.path.join(build, "data"), GSETTINGS_BACKEND="memory")
        for path in sorted(present):
            if os.path.basename(os.path.dirname(path)) != "bin":
                continue
            answer = subprocess.run([os.path.join(destination, path), "--help"], capture_output=True, text=True,
                                    timeout=60, check=False, stdin=subprocess.DEVNULL, env=env)
            if answer.returncode != 0 or not answer.stdout.strip():
                mute.append(f"{path}: exit code {answer.returncode}: {answer.stderr.strip()[:300]}")
        print(f"{'not ok' if mute else 'ok'} 2 every installed program answers --help")
        for line in mute:
            print(f"# {line}")
    return 1 if missing or mute or done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
