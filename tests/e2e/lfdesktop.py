# SPDX-License-Identifier: GPL-3.0-or-later
"""What end-to-end tests stand on: the real programs in a private session, and the window through
AT-SPI as a screen reader sees it. Every wait has a deadline and says what it waited for.
"""

import os
import re
import signal
import subprocess
import sys
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "build-aux"))

from private_session import Session, SessionError, exit_on_signals, need  # noqa: E402

DEADLINE_S = 30.0
POLL_S = 0.05


class Skip(Exception):
    """Raised by a test that lacks something; the text is the reason."""


def wait_until(condition, what, deadline_s=DEADLINE_S):
    """Polls @condition until it is true and returns its value; an AssertionError names @what."""
    end = time.monotonic() + deadline_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {deadline_s:.0f} s for {what() if callable(what) else what}")
        time.sleep(POLL_S)


class Server:
    """lampfield-server on a folder of its own."""

    def __init__(self, session, build):
        self.session = session
        self.program = os.path.join(build, "src/server/lampfield-server")
        self.data = session.path("data")
        os.makedirs(self.data, mode=0o700, exist_ok=True)
        self.process = None
        self.port = 0
        self.address = None
        self.options = []

    def start(self):
        path = os.path.join(self.data, "address")
        if os.path.exists(path):
            os.remove(path)
        self.process = self.session.spawn([self.program, "--listen", f"127.0.0.1:{self.port}", "--data", self.data,
                                           *self.options])
        wait_until(lambda: os.path.exists(path) and os.path.getsize(path) or self.process.poll() is not None,
                   "the server to listen")
        assert self.process.poll() is None, self.session.read_log("lampfield-server")
        with open(path, encoding="utf-8") as file:
            text = file.read().strip()
        self.address = text if "://" in text else f"http://{text}"
        self.port = int(text.rpartition(":")[2].strip("/"))

    def kill(self):
        """As a power cut would: no chance to say goodbye."""
        self.process.kill()
        self.process.wait()

    def administrate(self, *words, given=None):
        done = subprocess.run([self.program, *words, "--data", self.data], env=self.session.env, input=given,
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout.strip()


class Node:
    """One accessible object; attributes are read anew each time."""

    def __init__(self, accessible):
        self.accessible = accessible

    @property
    def name(self):
        return self.accessible.name or ""

    @property
    def role(self):
        return self.accessible.getRoleName()

    @property
    def states(self):
        import pyatspi
        return {pyatspi.stateToString(state) for state in self.accessible.getState().getStates()}

    @property
    def is_showing(self):
        """GTK 4.8 tells no "showing": what is hidden by a stack or a revealer has no size."""
        if "visible" not in self.states:
            return False
        if "Component" not in self.accessible.get_interfaces():
            return True
        extents = self.accessible.queryComponent().getExtents(1)
        return extents.width > 0 and extents.height > 0

    @property
    def text(self):
        interface = self.accessible.queryText()
        return interface.getText(0, interface.characterCount)

    def click(self):
        interface = self.accessible.queryAction()
        names = [interface.getName(i) for i in range(interface.nActions)]
        for wanted in ("click", "press", "activate", "toggle", ""):
            if wanted in names:
                interface.doAction(names.index(wanted))
                return
        raise AssertionError(f"“{self.name}” ({self.role}) cannot be clicked: {names}")

    def type(self, text):
        self.accessible.queryEditableText().setTextContents(text)

    def focus(self):
        self.accessible.queryComponent().grabFocus()

    def walk(self, only_showing=True):
        """This node and everything below it, as far as it can be seen."""
        yield self
        try:
            children = [self.accessible.getChildAtIndex(i) for i in range(self.accessible.childCount)]
        except Exception:  # pylint: disable=broad-except  # gone while we looked: pyatspi raises GLib.Error
            return
        for child in children:
            if child is None:
                continue
            node = Node(child)
            try:
                if only_showing and not node.is_showing:
                    continue
            except Exception:  # pylint: disable=broad-except
                continue
            yield from node.walk(only_showing)

    def __repr__(self):
        try:
            return f"{self.role} “{self.name}”"
        except Exception:  # pylint: disable=broad-except
            return "gone"


class App:
    """A running lampfield and its window; @before are words that run it in another place, with the same process id."""

    def __init__(self, desktop, *arguments, name="lampfield", env=None, before=(), **options):
        self.desktop = desktop
        self.log = name
        environment = dict(desktop.session.env)
        environment.update(env or {})
        program = os.path.join(desktop.build, "src/app/lampfield")
        self.process = desktop.session.spawn([*before, program, *arguments], name=name, env=environment, **options)

    def root(self):
        """The application's accessible object, or None while there is none."""
        import pyatspi
        desktop = pyatspi.Registry.getDesktop(0)
        for i in range(desktop.childCount):
            try:
                child = desktop.getChildAtIndex(i)
                if child is not None and child.get_process_id() == self.process.pid:
                    return Node(child)
            except Exception:  # pylint: disable=broad-except
                continue
        return None

    def nodes(self):
        root = self.root()
        if root is None:
            return []
        windows = [Node(root.accessible.getChildAtIndex(i)) for i in range(root.accessible.childCount)]
        return [node for window in windows for node in window.walk()]

    def lookup(self, name=None, role=None, state=None):
        """The first node seen whose name matches the pattern @name, or None."""
        for node in self.nodes():
            try:
                if role is not None and node.role not in ((role,) if isinstance(role, str) else role):
                    continue
                if name is not None and not re.search(name, node.name):
                    continue
                if state is not None and state not in node.states:
                    continue
                return node
            except Exception:  # pylint: disable=broad-except
                continue
        return None

    def find(self, name=None, role=None, state=None, deadline_s=DEADLINE_S):
        assert self.process.poll() is None, f"lampfield ended: {self.desktop.session.read_log(self.log)[-3000:]}"
        return wait_until(lambda: self.lookup(name, role, state),
                          lambda: f"{role or 'a node'} named “{name}”; the window showed:\n{self.describe()}",
                          deadline_s)

    def wait_gone(self, name=None, role=None, deadline_s=DEADLINE_S):
        wait_until(lambda: not self.lookup(name, role), lambda: f"“{name}” to go; there is:\n{self.describe()}",
                   deadline_s)

    def describe(self):
        lines = []
        for node in self.nodes():
            try:
                if node.name:
                    lines.append(f"  {node.role}: {node.name}")
            except Exception:  # pylint: disable=broad-except
                continue
        return "\n".join(dict.fromkeys(lines)) or self.desktop.session.read_log(self.log)[-3000:]

    def take_focus(self):
        window = self.desktop.xdotool("search", "--sync", "--onlyvisible", "--pid", str(self.process.pid)).split()[-1]
        self.desktop.xdotool("windowfocus", "--sync", window)

    def keys(self, *names):
        """Presses keys, as xdotool calls them; the window has the focus or gets it."""
        self.take_focus()
        for name in names:
            self.desktop.xdotool("key", "--clearmodifiers", name)

    def write(self, text):
        """Types @text where the focus is."""
        self.take_focus()
        self.desktop.xdotool("type", "--clearmodifiers", "--delay", "15", text)

    def stop(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(timeout=DEADLINE_S)


class Desktop:
    """A private session with everything a desktop has, and the server beside it."""

    def __init__(self):
        self.source = os.environ.get("LF_SOURCE", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
        self.build = os.environ.get("LF_BUILD", os.path.join(self.source, "build"))
        self.session = Session("lampfield-e2e-")
        self.session.env["GSETTINGS_SCHEMA_DIR"] = os.path.join(self.build, "data")
        # Settings outlive the program, as they do on a desktop, and end with the session.
        self.session.env["GSETTINGS_BACKEND"] = "keyfile"
        self._hide_the_machines_programs()
        self.session.env.pop("GTK_A11Y", None)
        self.session.env.pop("NO_AT_BRIDGE", None)
        self.server = Server(self.session, self.build)

    def _hide_the_machines_programs(self):
        """No program of the machine may answer a call: handlers are those that the test installs."""
        share = self.session.path("share")
        os.makedirs(share)
        for name in os.listdir("/usr/share"):
            if name != "applications":
                os.symlink(os.path.join("/usr/share", name), os.path.join(share, name))
        self.session.env["XDG_DATA_DIRS"] = share

    def start_display(self):
        """What windows are shown on, and the session bus."""
        self.session.start_screen()
        self.session.start_bus()

    def start(self, notifications=True):
        self.start_display()
        self.session.start_keyring()
        if notifications:
            self.session.start_notifications()
        for name in ("DISPLAY", "AT_SPI_BUS_ADDRESS", "WAYLAND_DISPLAY"):
            os.environ.pop(name, None)
        os.environ.update({name: self.session.env[name] for name in
                           ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME",
                            "XDG_DATA_HOME", "XDG_CACHE_HOME") if name in self.session.env})
        try:
            import pyatspi  # noqa: F401  # connects to the session's bus at import
        except ImportError:
            raise Skip("python3-pyatspi is not installed") from None
        self.server.start()

    def close(self):
        self.session.close()

    def run(self, *command, **options):
        done = subprocess.run(command, env=self.session.env, capture_output=True, text=True, check=False,
                              timeout=DEADLINE_S, **options)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout.strip()

    def xdotool(self, *words):
        return self.run(need("xdotool"), *words)

    def notifications(self):
        """What dunst has shown and closed, the latest first: one dictionary each."""
        from gi.repository import Gio
        answer = Gio.bus_get_sync(Gio.BusType.SESSION).call_sync(
            "org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.dunstproject.cmd0",
            "NotificationListHistory", None, None, Gio.DBusCallFlags.NONE, int(DEADLINE_S * 1000), None)
        return answer.unpack()[0]


def main(tests, make):
    """Runs the tests, functions of what @make returns, and prints TAP. Returns the exit code."""
    exit_on_signals()
    print(f"1..{len(tests)}")
    failed = 0
    subject = None
    try:
        subject = make()
    except (Skip, SessionError) as reason:
        for number, test in enumerate(tests, 1):
            print(f"ok {number} {test.__name__} # SKIP {reason}")
        return 77
    try:
        for number, test in enumerate(tests, 1):
            title = test.__name__.removeprefix("test_").replace("_", " ")
            try:
                test(subject)
                print(f"ok {number} {title}", flush=True)
            except Skip as reason:
                print(f"ok {number} {title} # SKIP {reason}", flush=True)
            except Exception:  # pylint: disable=broad-except
                failed += 1
                for line in traceback.format_exc().splitlines():
                    print(f"# {line}")
                print(f"not ok {number} {title}", flush=True)
    finally:
        subject.close()
    return 1 if failed else 0
