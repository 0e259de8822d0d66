# SPDX-License-Identifier: GPL-3.0-or-later
"""A real PBX and real telephones for tests: Kamailio and baresip, on free ports of the loopback address."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sysconfig
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TABLES = "/usr/share/kamailio/db_sqlite"
DEADLINE_S = 30.0
NEEDED = ("/usr/sbin/kamailio", "/usr/bin/baresip", "/usr/bin/sqlite3", "/usr/bin/openssl")


def find_missing():
    """Names of programs that are not installed."""
    return [os.path.basename(path) for path in NEEDED if not os.path.exists(path)]


def find_free_port(span=1):
    """A port of which @span in a row are free, for UDP and for TCP."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            first = probe.getsockname()[1]
        if first + span > 60000:
            continue
        try:
            for port in range(first, first + span):
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    with socket.socket(socket.AF_INET, kind) as probe:
                        probe.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue


def wait_until(accept, what, deadline_s=DEADLINE_S):
    end = time.monotonic() + deadline_s
    while not accept():
        if time.monotonic() > end:
            raise AssertionError(f"no {what} within {deadline_s:.0f} s")
        time.sleep(0.02)


def make_authority(folder, name="ca"):
    """A certificate authority of the test's own: its files are NAME.pem and NAME.key."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN=Test {name}",
                    "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.pem"], check=True, capture_output=True)


def make_certificate(folder, name, host, authority="ca"):
    """NAME.pem with key and certificate for @host, signed by the authority."""
    subprocess.run(["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={host}",
                    "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.csr"], check=True, capture_output=True)
    extensions = f"{folder}/{name}.ext"
    with open(extensions, "w", encoding="utf-8") as file:
        file.write(f"subjectAltName=DNS:{host},IP:127.0.0.1\n")
    subprocess.run(["openssl", "x509", "-req", "-days", "2", "-in", f"{folder}/{name}.csr", "-CA", f"{folder}/{authority}.pem",
                    "-CAkey", f"{folder}/{authority}.key", "-CAcreateserial", "-extfile", extensions,
                    "-out", f"{folder}/{name}.crt"], check=True, capture_output=True)
    with open(f"{folder}/{name}.pem", "w", encoding="utf-8") as out:
        for part in (f"{folder}/{name}.key", f"{folder}/{name}.crt"):
            with open(part, encoding="utf-8") as file:
                out.write(file.read())
    os.chmod(f"{folder}/{name}.pem", 0o600)


class Pbx:
    """Kamailio. @with_tls: it listens for TLS, too; the folder then has ca.pem."""

    def __init__(self, folder, with_tls=False, memory_mib=128, defines=()):
        self.folder = folder
        self.with_tls = with_tls
        self.memory_mib = memory_mib
        self.defines = defines
        self.port = find_free_port()
        self.tls_port = find_free_port()
        self.process = None
        os.makedirs(folder, exist_ok=True)
        self._write()

    def _write(self):
        database = f"{self.folder}/presence.sqlite"
        for table in ("standard", "presence", "usrloc"):
            with open(f"{TABLES}/{table}-create.sql", encoding="utf-8") as file:
                subprocess.run(["sqlite3", database], stdin=file, check=True, capture_output=True)
        with open(f"{HERE}/kamailio.cfg.in", encoding="utf-8") as file:
            text = file.read()
        values = {"RUN": self.folder, "PORT": self.port, "TLS_PORT": self.tls_port,
                  "TRIPLET": sysconfig.get_config_var("MULTIARCH")}
        with open(f"{self.folder}/kamailio.cfg", "w", encoding="utf-8") as file:
            file.write(re.sub(r"@([A-Z_]+)@", lambda match: str(values[match.group(1)]) if match.group(1) in values
                              else match.group(0), text))
        if self.with_tls:
            make_authority(self.folder)
            make_certificate(self.folder, "pbx", "pbx.test")
            make_certificate(self.folder, "connector", "connector.test")
            with open(f"{self.folder}/tls.cfg", "w", encoding="utf-8") as file:
                file.write("[server:default]\nmethod = TLSv1.2+\nverify_certificate = no\nrequire_certificate = no\n"
                           f"private_key = {self.folder}/pbx.key\ncertificate = {self.folder}/pbx.crt\n"
                           "[client:default]\nmethod = TLSv1.2+\nverify_certificate = no\n")

    def start(self):
        # By lines: in pieces, as C libraries from 2.37 on write them, those of two processes get mixed up.
        command = ["stdbuf", "-eL", "/usr/sbin/kamailio", "-DD", "-E", "-m", str(self.memory_mib), "-M", "8", "-Y", self.folder,
                   "-P", f"{self.folder}/kamailio.pid", "-f", f"{self.folder}/kamailio.cfg"]
        if self.with_tls:
            command += ["-A", "WITH_TLS"]
        for name in self.defines:
            command += ["-A", name]
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        wait_until(self._answers, "answer of Kamailio: " + self.log[-2000:])
        return self

    def _answers(self):
        assert self.process.poll() is None, self.log[-3000:]
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        except OSError:
            return False

    def stop(self):
        """Ends it as a crash does; what it knew is gone."""
        if self.process is None:
            return
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(DEADLINE_S)
        self.process = None

    @property
    def log_file(self):
        """Here it writes down the calls, too."""
        return f"{self.folder}/kamailio.log"

    @property
    def log(self):
        if not os.path.exists(self.log_file):
            return ""
        with open(self.log_file, encoding="utf-8", errors="replace") as file:
            return file.read()


class Phone:
    """A telephone that registers as @user. It answers when told to."""

    def __init__(self, pbx, user, max_calls=4):
        self.user = user
        self.port = find_free_port(2)
        self.control_port = find_free_port()
        self.media_port = find_free_port(40) & ~1
        self.folder = f"{pbx.folder}/phone-{user}"
        os.makedirs(self.folder, exist_ok=True)
        modules = f"/usr/lib/{sysconfig.get_config_var('MULTIARCH')}/baresip/modules"
        if not os.path.isdir(modules):
            modules = "/usr/lib/baresip/modules"
        with open(f"{self.folder}/config", "w", encoding="utf-8") as file:
            file.write(f"""sip_listen 127.0.0.1:{self.port}
call_max_calls {max_calls}
audio_player aubridge,p{user}
audio_source aubridge,s{user}
audio_alert aubridge,a{user}
rtp_ports {self.media_port}-{self.media_port + 38}
net_interface 127.0.0.1
module_path {modules}
module g711.so
module aubridge.so
module ctrl_tcp.so
module_app account.so
module_app contact.so
module_app menu.so
ctrl_tcp_listen 127.0.0.1:{self.control_port}
""")
        with open(f"{self.folder}/accounts", "w", encoding="utf-8") as file:
            file.write(f'<sip:{user}@pbx.test>;auth_user={user};auth_pass=pw-{user};regint=300;answermode=manual;pubint=0'
                       f';outbound="sip:127.0.0.1:{pbx.port};transport=tcp"\n')
        with open(f"{self.folder}/contacts", "w", encoding="utf-8"):
            pass
        self.log = open(f"{self.folder}/log", "wb")
        self.process = subprocess.Popen(["baresip", "-f", self.folder], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        wait_until(self._is_registered, f"registration of {user}")

    def _is_registered(self):
        assert self.process.poll() is None, self.read_log()
        return "200 OK" in self.read_log()

    def read_log(self):
        with open(f"{self.folder}/log", encoding="utf-8", errors="replace") as file:
            return file.read()

    def command(self, name, parameters="", event=b""):
        """One command of ctrl_tcp: a netstring of JSON. @event: words of what it is to bring about, waited for, too."""
        text = json.dumps({"command": name, "params": parameters, "token": "test"}).encode()
        with socket.create_connection(("127.0.0.1", self.control_port), timeout=DEADLINE_S) as control:
            control.sendall(str(len(text)).encode() + b":" + text + b",")
            answer = b""
            while b'"response":true' not in answer or event not in answer:
                piece = control.recv(4096)
                assert piece, f"{name}: {answer!r}"
                answer += piece
        assert b'"ok":true' in answer, f"{name} {parameters}: {answer!r}"

    def freeze(self):
        """It hears, and answers nothing, until it is thawed."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def has_unread(self):
        """Whether the PBX has sent something that a frozen telephone has not read."""
        folder = f"/proc/{self.process.pid}/fd"
        own = {os.readlink(f"{folder}/{name}") for name in os.listdir(folder)}
        with open(f"/proc/{self.process.pid}/net/tcp", encoding="ascii") as file:
            rows = [line.split() for line in file.readlines()[1:]]
        return any(f"socket:[{row[9]}]" in own and int(row[4].split(":")[1], 16) > 0 for row in rows)

    def dial(self, user):
        self.command("dial", f"sip:{user}@pbx.test")

    def accept(self):
        self.command("accept")

    def hang_up(self):
        self.command("hangup")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
