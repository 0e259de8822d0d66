#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""build-aux/run's second half: a picture of the sample office, and nothing left behind."""

import os
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
BUILD = os.environ["LF_BUILD"]
PROGRAM = [sys.executable, os.path.join(os.environ["LF_SOURCE"], "build-aux", "open_office.py"), "--build", BUILD]
DEADLINE_S = 240
FRAME = 12


def left_behind(folder):
    """Processes and folders that a run whose temporary folder is @folder did not take along."""
    found = [name for name in os.listdir(folder) if name.startswith("lampfield-run-")]
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/environ", "rb") as file:
                environment = file.read()
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                command = file.read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if re.search(rb"(^|\0)HOME=" + re.escape(folder.encode()) + rb"/lampfield-run-", environment):
            found.append(f"process {entry}: {command}")
    return found


def check_picture(path, width, height):
    with open(path, "rb") as file:
        head = file.read(24)
    assert head[:8] == b"\x89PNG\r\n\x1a\n", "not a PNG"
    size = struct.unpack(">II", head[16:24])
    # Without a compositor GTK takes the room of its shadow from the window.
    assert width - FRAME <= size[0] <= width and height - FRAME <= size[1] <= height, f"the picture is {size}"
    assert os.path.getsize(path) > 20000, "the picture is nearly empty"


def run(folder, *arguments):
    env = dict(os.environ, TMPDIR=folder)
    # Whole stacks, so that tests/lsan.supp can tell GLib's own tables from a leak of ours.
    env["ASAN_OPTIONS"] = env.get("ASAN_OPTIONS", "") + ":fast_unwind_on_malloc=0"
    env.pop("DISPLAY", None)
    env.pop("WAYLAND_DISPLAY", None)
    return subprocess.Popen([*PROGRAM, *arguments], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_a_picture_is_written_and_nothing_stays(folder):
    path = os.path.join(folder, "picture.png")
    process = run(folder, "--screenshot", path, "--screenshot-size", "1000x720")
    output, _ = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 0, output
    check_picture(path, 1000, 720)
    assert not left_behind(folder), left_behind(folder)


def test_a_dark_narrow_picture(folder):
    path = os.path.join(folder, "dark.png")
    process = run(folder, "--screenshot", path, "--screenshot-size", "360x720", "--dark")
    output, _ = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 0, output
    check_picture(path, 360, 720)


def test_control_c_ends_everything(folder):
    process = run(folder)
    seen = ""
    end = time.monotonic() + DEADLINE_S
    while "The server listens on" not in seen:
        ready = select.select([process.stdout], [], [], max(0.0, end - time.monotonic()))[0]
        assert ready, f"the office did not open: {seen}"
        piece = os.read(process.stdout.fileno(), 4096).decode()
        assert piece, f"it ended by itself: {seen}"
        seen += piece
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGINT, (process.returncode, output)
    assert not left_behind(folder), left_behind(folder)


def main():
    tests = [value for name, value in globals().items() if name.startswith("test_")]
    print(f"1..{len(tests)}")
    failed = 0
    for number, test in enumerate(tests, 1):
        title = test.__name__.removeprefix("test_").replace("_", " ")
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(folder)
                print(f"ok {number} {title}", flush=True)
            except (AssertionError, OSError, subprocess.TimeoutExpired) as error:
                failed += 1
                for line in str(error).splitlines():
                    print(f"# {line}")
                print(f"not ok {number} {title}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
