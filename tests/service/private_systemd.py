# SPDX-License-Identifier: GPL-3.0-or-later
"""A real systemd for tests of units: see private-systemd.sh, which does it."""

import os
import subprocess

from service import DEADLINE_S, Skip, wait_until

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "private-systemd.sh")
NAMESPACES = ("--mount", "--pid", "--net", "--ipc", "--uts", "--cgroup", "--root", "--wd")
SYSTEMD = "/usr/lib/systemd/systemd"
# In a chroot whose root is no mount point only the second works: then whoever made it has kept its mounts apart.
PROPAGATIONS = ("private", "unchanged")


def check_rights():
    """What a kernel or a container forbids is said, and skipped. Returns what unshare can do with mounts."""
    if not os.path.exists(SYSTEMD):
        raise Skip("systemd is not installed")
    if os.geteuid() != 0:
        raise Skip("a systemd of its own needs root")
    for propagation in PROPAGATIONS:
        tried = subprocess.run(["unshare", "--propagation", propagation, "--mount", "--pid", "--fork", "--net", "--cgroup", "true"],
                               capture_output=True, text=True, check=False)
        if tried.returncode == 0:
            return propagation
    raise Skip(f"no namespaces here: {tried.stderr.strip()}")


class Systemd:
    """Started with @prepare, a shell script that gets the new root as its argument."""

    def __init__(self, session, prepare):
        self.propagation = check_rights()
        self.session = session
        self.folder = session.path("systemd")
        self.name = f"lampfield-test-{os.getpid()}"
        os.makedirs(self.folder)
        with open(os.path.join(self.folder, "prepare"), "w", encoding="utf-8") as file:
            file.write("#!/bin/bash\nset -euo pipefail\nroot=$1\n" + prepare)
        os.chmod(os.path.join(self.folder, "prepare"), 0o755)
        self.process = session.spawn(self._make_command("enter"), name="systemd")
        wait_until(self._is_up, lambda: f"systemd to start: {session.read_log('systemd')}", DEADLINE_S * 2)

    def _make_command(self, step):
        return ["unshare", "--mount", "--propagation", self.propagation, SCRIPT, step, self.folder, self.name, self.propagation]

    def _is_up(self):
        assert self.process.poll() is None, self.session.read_log("systemd")
        return self.first and self.run("systemctl", "is-active", "basic.target", check=False).stdout == "active\n"

    @property
    def first(self):
        """The process id that systemd has outside, None before it is there."""
        pid = self.process.pid
        try:
            with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
                children = file.read().split()
            with open(f"/proc/{children[0]}/comm", encoding="ascii") as file:
                return int(children[0]) if file.read() == "systemd\n" else None
        except (OSError, IndexError):
            return None

    @property
    def root(self):
        return f"/proc/{self.first}/root"

    def run(self, *command, check=True, given=None):
        """A command inside."""
        done = subprocess.run(["nsenter", "--target", str(self.first), *NAMESPACES, *command], input=given,
                              capture_output=True, text=True, check=False, timeout=DEADLINE_S * 4,
                              env={"PATH": "/usr/local/bin:/usr/sbin:/usr/bin", "LC_ALL": "C.UTF-8"})
        assert done.returncode == 0 or not check, f"{command}: {done.stdout}{done.stderr}{self.journal()}{self.session.read_log('systemd')}"
        return done

    def get(self, unit, name):
        return self.run("systemctl", "show", "--value", "--property", name, unit).stdout.strip()

    def journal(self, *words):
        return self.run("journalctl", "--no-pager", "--quiet", *words, check=False).stdout[-8000:]

    def close(self):
        self.process.kill()
        self.process.wait()
        subprocess.run(self._make_command("clean"), check=False, capture_output=True)
