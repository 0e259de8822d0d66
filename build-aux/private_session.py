#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop session of one's own: folders, screen, bus, keyring, notifications; all gone at the end.

As a program it runs one command inside such a session:

    build-aux/private_session.py [--screen] [--bus] [--keyring] [--notifications] -- COMMAND...

build-aux/run, build-aux/test and tests/e2e share it. Whatever was started inside, also what
daemonised itself, is a descendant of this process (it is the "child subreaper") and is ended with it.
"""

import argparse
import ctypes
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
KEYRING_PASSWORD = b"lampfield"
GTK_SETTINGS = """[Settings]
gtk-font-name=Cantarell 11
gtk-icon-theme-name=Adwaita
gtk-enable-animations=false
"""
DUNST_SETTINGS = """[global]
follow = none
history_length = 50
idle_threshold = 0
[urgency_low]
timeout = 0
[urgency_normal]
timeout = 0
"""

_libc = ctypes.CDLL(None, use_errno=True)


class SessionError(Exception):
    """Something a session needs is missing or did not start; the text is for people."""


def become_subreaper():
    """Orphans of ours become our children, so that they can be found and ended."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent():
    """For preexec_fn: this child is ended should its starter be killed without a word."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def descendants(root=None):
    """The process ids below @root (default: this process), deepest last."""
    children = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as stat:
                parent = int(stat.read().rpartition(")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue
        children.setdefault(parent, []).append(int(entry))
    found = []
    queue = [root or os.getpid()]
    while queue:
        below = children.get(queue.pop(0), [])
        found += below
        queue += below
    return found


def reap():
    """Takes the exit codes of orphans that were handed to us."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return
        except ChildProcessError:
            return


def signal_all(number):
    for pid in descendants():
        try:
            os.kill(pid, number)
        except OSError:
            pass


def end_everything(patience_s=5.0):
    """Ends every descendant: asked first, killed after @patience_s."""
    signal_all(signal.SIGTERM)
    deadline = time.monotonic() + patience_s
    while descendants():
        reap()
        if time.monotonic() > deadline:
            signal_all(signal.SIGKILL)
            deadline = time.monotonic() + patience_s
        time.sleep(0.02)
    reap()


def exit_on_signals():
    """Ctrl+C, SIGTERM and a lost terminal end the program the ordinary way: by SystemExit."""
    def leave(number, _frame):
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        raise SystemExit(128 + number)

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, leave)


def need(program):
    """The full path of @program."""
    path = shutil.which(program)
    if path is None:
        raise SessionError(f"“{program}” is not installed (build-aux/install-packages run test installs it)")
    return path


def read_line(descriptor, what, deadline_s=20.0):
    """One line from a pipe, or SessionError."""
    data = b""
    end = time.monotonic() + deadline_s
    while not data.endswith(b"\n"):
        if not select.select([descriptor], [], [], max(0.0, end - time.monotonic()))[0]:
            raise SessionError(f"{what} gave no answer within {deadline_s:.0f} s")
        piece = os.read(descriptor, 4096)
        if not piece:
            raise SessionError(f"{what} ended before it was ready")
        data += piece
    return data.decode().strip()


class Session:
    """Folders and environment of a private session; parts are started on demand."""

    def __init__(self, prefix="lampfield-"):
        become_subreaper()
        self.folder = tempfile.mkdtemp(prefix=prefix)
        self.env = dict(os.environ)
        self.processes = []
        self.logs = os.path.join(self.folder, "logs")
        self._make_folders()

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    def close(self):
        """Ends everything that was started and removes the folder."""
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
        end_everything()
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def _make_folders(self):
        home = self.path("home")
        names = {"HOME": home, "XDG_CONFIG_HOME": home + "/.config", "XDG_DATA_HOME": home + "/.local/share",
                 "XDG_CACHE_HOME": home + "/.cache", "XDG_STATE_HOME": home + "/.local/state",
                 "XDG_RUNTIME_DIR": self.path("runtime")}
        self._keep_the_desktop()
        for name, folder in names.items():
            os.makedirs(folder, mode=0o700)
            self.env[name] = folder
        os.makedirs(self.logs)
        os.makedirs(names["XDG_CONFIG_HOME"] + "/gtk-4.0")
        with open(names["XDG_CONFIG_HOME"] + "/gtk-4.0/settings.ini", "w", encoding="utf-8") as settings:
            settings.write(GTK_SETTINGS)
        self.env["GSETTINGS_BACKEND"] = "memory"
        self.env.setdefault("LC_ALL", "C.UTF-8")

    def _keep_the_desktop(self):
        """The user's own screen and bus stay reachable after HOME and XDG_RUNTIME_DIR have changed."""
        runtime = os.environ.get("XDG_RUNTIME_DIR")
        wayland = os.environ.get("WAYLAND_DISPLAY")
        if wayland and runtime and not wayland.startswith("/"):
            self.env["WAYLAND_DISPLAY"] = os.path.join(runtime, wayland)
        if "XAUTHORITY" not in os.environ and os.path.exists(os.path.expanduser("~/.Xauthority")):
            self.env["XAUTHORITY"] = os.path.expanduser("~/.Xauthority")
        if "DBUS_SESSION_BUS_ADDRESS" not in os.environ and runtime and os.path.exists(runtime + "/bus"):
            self.env["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={runtime}/bus"

    def has_screen(self):
        return bool(self.env.get("WAYLAND_DISPLAY") or self.env.get("DISPLAY"))

    def has_bus(self):
        return bool(self.env.get("DBUS_SESSION_BUS_ADDRESS"))

    def spawn(self, command, name=None, **options):
        """Starts @command inside the session; its output goes to logs/NAME.log unless told otherwise."""
        name = name or os.path.basename(command[0])
        if "stdout" not in options:
            log = open(os.path.join(self.logs, name + ".log"), "ab")
            options["stdout"] = log
            options.setdefault("stderr", subprocess.STDOUT)
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("env", self.env)
        process = subprocess.Popen(command, preexec_fn=die_with_parent, **options)
        self.processes.append(process)
        return process

    def read_log(self, name):
        try:
            with open(os.path.join(self.logs, name + ".log"), encoding="utf-8", errors="replace") as log:
                return log.read()
        except OSError:
            return ""

    def start_screen(self, size="1280x900"):
        """An X server without a screen; GTK draws with cairo there, and loads no GL driver."""
        reader, writer = os.pipe()
        self.spawn([need("Xvfb"), "-displayfd", str(writer), "-screen", "0", f"{size}x24",
                    "-nolisten", "tcp", "-noreset"], pass_fds=[writer])
        os.close(writer)
        self.env["DISPLAY"] = ":" + read_line(reader, "Xvfb")
        os.close(reader)
        self.env.pop("WAYLAND_DISPLAY", None)
        self.env.pop("XAUTHORITY", None)
        self.env.update(GDK_BACKEND="x11", GSK_RENDERER="cairo", GDK_DEBUG="gl-disable", GDK_DISABLE="gl,vulkan")

    def start_compositor(self, size="1280x800"):
        """The Wayland compositor of GNOME without a screen and without X; it wants the session's bus."""
        name = "lampfield-0"
        self.env.pop("DISPLAY", None)
        self.spawn([need("mutter"), "--headless", "--wayland", "--no-x11", "--virtual-monitor", size, "--wayland-display", name],
                   env=dict(self.env, MUTTER_DEBUG_RESET_IDLETIME="1"))
        self.wait_for_name("org.gnome.Mutter.IdleMonitor")
        self.env["WAYLAND_DISPLAY"] = name
        self.env.update(GDK_BACKEND="wayland", GSK_RENDERER="cairo", GDK_DEBUG="gl-disable", GDK_DISABLE="gl,vulkan")

    def start_bus(self):
        """A session bus whose services see this session's environment."""
        process = self.spawn([need("dbus-daemon"), "--session", "--nofork", "--nopidfile", "--print-address=1"],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        address = read_line(process.stdout.fileno(), "dbus-daemon")
        self.env["DBUS_SESSION_BUS_ADDRESS"] = address
        self.env.pop("AT_SPI_BUS_ADDRESS", None)

    def start_keyring(self):
        """An unlocked keyring on the session's bus, empty."""
        process = self.spawn([need("gnome-keyring-daemon"), "--foreground", "--unlock", "--components=secrets"],
                             stdin=subprocess.PIPE)
        process.stdin.write(KEYRING_PASSWORD)
        process.stdin.close()
        self.wait_for_name("org.freedesktop.secrets")

    def start_notifications(self, settings=DUNST_SETTINGS):
        """A real notification daemon that keeps what it shows until it is closed."""
        config = self.path("dunstrc")
        with open(config, "w", encoding="utf-8") as file:
            file.write(settings)
        self.spawn([need("dunst"), "-config", config])
        self.wait_for_name("org.freedesktop.Notifications")

    def wait_for_name(self, name, deadline_s=20.0):
        """Until somebody owns @name on the session's bus."""
        end = time.monotonic() + deadline_s
        while True:
            answer = subprocess.run(
                [need("dbus-send"), "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/",
                 "org.freedesktop.DBus.NameHasOwner", f"string:{name}"],
                env=self.env, capture_output=True, text=True, check=False)
            if re.search(r"boolean true", answer.stdout):
                return
            if time.monotonic() > end:
                raise SessionError(f"nothing took the bus name {name} within {deadline_s:.0f} s")
            time.sleep(0.05)


def main():
    parser = argparse.ArgumentParser(description="Runs a command in a desktop session of its own.")
    parser.add_argument("--screen", action="store_true", help="an X server without a screen (Xvfb)")
    parser.add_argument("--bus", action="store_true", help="a session bus")
    parser.add_argument("--keyring", action="store_true", help="an unlocked keyring (implies --bus)")
    parser.add_argument("--notifications", action="store_true", help="a notification daemon (implies both)")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    exit_on_signals()
    session = Session()
    try:
        if arguments.screen or arguments.notifications:
            session.start_screen()
        if arguments.bus or arguments.keyring or arguments.notifications:
            session.start_bus()
        if arguments.keyring:
            session.start_keyring()
        if arguments.notifications:
            session.start_notifications()
        return session.spawn(arguments.command, stdin=None, stdout=None, stderr=None).wait()
    except SessionError as error:
        print(f"private_session: {error}", file=sys.stderr)
        return 1
    finally:
        session.close()


if __name__ == "__main__":
    sys.exit(main())
