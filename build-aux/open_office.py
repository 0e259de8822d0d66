#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens the client on a sample office; what build-aux/run does once everything is built.

Server, calendar connector, colleagues and client run in a private session (private_session.py) and
end with it: when the window is closed, after --seconds, on Ctrl+C, or when one of them fails.
"""

import argparse
import os
import re
import select
import signal
import subprocess
import sys
import time

from private_session import Session, SessionError, exit_on_signals

SCREEN_SIZE = "1600x1100"
READY_DEADLINE_S = 30.0
OPEN_DEADLINE_S = 120.0
PICTURE_DEADLINE_S = 120.0
LOG_LINES = 15


def window_size(text):
    if not re.fullmatch(r"[1-9][0-9]{2,3}x[1-9][0-9]{2,3}", text):
        raise argparse.ArgumentTypeError(f"“{text}” is not a size such as 1100x760")
    return text


def parse_arguments():
    parser = argparse.ArgumentParser(prog="build-aux/run", description="Opens the client on a sample office.")
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--from", dest="start", default=".", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, metavar="N", help="stop after N seconds")
    parser.add_argument("--screenshot", metavar="FILE", help="write a PNG of the window, then end")
    parser.add_argument("--screenshot-size", type=window_size, metavar="WxH", help="of the window in the picture")
    parser.add_argument("--screenshot-page", metavar="PAGE", help="what to show in it (lampfield --help names them)")
    parser.add_argument("--dark", action="store_true", help="dark colours")
    parser.add_argument("--seed", type=int, help="another seed: other things happen in the office")
    return parser.parse_args()


class Office:
    """The programs of one run, and the order in which they start."""

    def __init__(self, session, build, seed):
        self.session = session
        self.build = build
        self.seed = seed
        self.data = session.path("server")
        self.folder = session.path("office")
        self.address = None
        self.helpers = []

    def program(self, path):
        full = os.path.join(self.build, path)
        if not os.access(full, os.X_OK):
            raise SessionError(f"{path} was not built: its libraries are missing (see build/setup.log)")
        return full

    def blame(self, process, name):
        """Why a program that should run does not."""
        tail = "\n".join(self.session.read_log(name).splitlines()[-LOG_LINES:])
        return SessionError(f"{name} ended with exit code {process.returncode}:\n{tail}")

    def prepare(self):
        server = self.program("src/server/lampfield-server")
        os.makedirs(self.data, mode=0o700)
        done = self.session.spawn([self.program("src/demo/lampfield-demo"), "prepare", "--folder", self.folder,
                                   "--data", self.data, "--server-program", server], name="prepare")
        if done.wait() != 0:
            raise self.blame(done, "prepare")

    def start_helper(self, name, command, **options):
        process = self.session.spawn(command, name=name, **options)
        self.helpers.append((process, name))
        return process

    def start_server(self):
        process = self.start_helper("lampfield-server", [self.program("src/server/lampfield-server"), "--listen",
                                                         "127.0.0.1:0", "--data", self.data])
        end = time.monotonic() + READY_DEADLINE_S
        path = os.path.join(self.data, "address")
        while not os.path.exists(path) or not os.path.getsize(path):
            if process.poll() is not None:
                raise self.blame(process, "lampfield-server")
            if time.monotonic() > end:
                raise SessionError("lampfield-server did not come up")
            time.sleep(0.05)
        with open(path, encoding="utf-8") as file:
            address = file.read().strip()
        self.address = address if "://" in address else f"http://{address}"

    def start_calendar(self):
        self.start_helper("lampfield-calendar", [self.program("src/connectors/calendar/lampfield-calendar"),
                                                 "--server", self.address,
                                                 "--config", os.path.join(self.folder, "calendar.conf"),
                                                 "--token-file", os.path.join(self.folder, "calendar.token")])

    def start_colleagues(self):
        """Returns a descriptor with the visitor's refresh token in it."""
        reader, writer = os.pipe()
        command = [self.program("src/demo/lampfield-demo"), "live", "--folder", self.folder,
                   "--server", self.address, "--session-fd", str(writer)]
        if self.seed is not None:
            command += ["--seed", str(self.seed)]
        self.start_helper("lampfield-demo", command, pass_fds=[writer])
        os.close(writer)
        end = time.monotonic() + OPEN_DEADLINE_S
        while not select.select([reader], [], [], 0.1)[0]:
            self.check()
            if time.monotonic() > end:
                raise SessionError("the sample office did not open")
        self.check()
        return reader

    def check(self):
        for process, name in self.helpers:
            if process.poll() is not None:
                raise self.blame(process, name)

    def start_client(self, session_fd, extra):
        command = [self.program("src/app/lampfield"), "--server", self.address, "--session-fd", str(session_fd)] + extra
        env = dict(self.session.env)
        if "LC_ALL" not in os.environ and re.search(r"\.utf-?8$", os.environ.get("LANG", ""), re.IGNORECASE):
            del env["LC_ALL"]  # the window speaks the user's language, not the session's
        env["GSETTINGS_SCHEMA_DIR"] = os.path.join(self.build, "data")
        env["LF_LOCALEDIR"] = os.path.join(self.build, "po")
        env["XDG_DATA_DIRS"] = os.path.join(self.build, "data", "share") + ":" + \
            env.get("XDG_DATA_DIRS", "/usr/local/share:/usr/share")
        client = self.session.spawn(command, stdout=None, env=env, pass_fds=[session_fd])
        os.close(session_fd)
        return client


def watch(office, client, deadline):
    """Until the client ends or @deadline passes. Returns the exit code, None at the deadline."""
    while True:
        try:
            return client.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            office.check()
        if deadline is not None and time.monotonic() > deadline:
            return None


def run(arguments, session):
    if arguments.screenshot:
        session.start_screen(SCREEN_SIZE)
    elif not session.has_screen():
        print("There is no display: using a private one (Xvfb), which nobody sees; see --screenshot.")
        session.start_screen(SCREEN_SIZE)
    if arguments.screenshot or not session.has_bus():
        session.start_bus()
    office = Office(session, arguments.build, arguments.seed)
    office.prepare()
    office.start_server()
    office.start_calendar()
    session_fd = office.start_colleagues()
    print(f"The server listens on {office.address}")
    if arguments.dark:
        # libadwaita's own switch; what the desktop prefers is not looked at.
        session.env["ADW_DEBUG_COLOR_SCHEME"] = "prefer-dark"
    extra = []
    deadline = time.monotonic() + arguments.seconds if arguments.seconds else None
    if arguments.screenshot:
        path = os.path.join(arguments.start, arguments.screenshot)
        extra += ["--screenshot", path]
        for name in ("size", "page"):
            value = getattr(arguments, f"screenshot_{name}")
            if value:
                extra += [f"--screenshot-{name}", value]
        deadline = time.monotonic() + PICTURE_DEADLINE_S
    client = office.start_client(session_fd, extra)
    code = watch(office, client, deadline)
    if not arguments.screenshot:
        return 0 if code in (None, 0) else 1
    if code is None:
        raise SessionError(f"no picture was made within {PICTURE_DEADLINE_S:.0f} s")
    if code != 0 or not os.path.exists(path):
        raise SessionError(f"the picture was not made; lampfield ended with exit code {code}")
    print(f"Wrote {arguments.screenshot}")
    return 0


def main():
    arguments = parse_arguments()
    sys.stdout.reconfigure(line_buffering=True)
    exit_on_signals()
    session = Session("lampfield-run-")
    try:
        return run(arguments, session)
    except SessionError as error:
        print(f"build-aux/run: {error}", file=sys.stderr)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        session.close()


if __name__ == "__main__":
    sys.exit(main())
