#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""data/nginx/lampfield.conf in a real nginx, in front of a real server. Of the shipped file only names,
paths and ports are replaced, and the two rates are what they are.
"""

import asyncio
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import warnings

from service import DEADLINE_S, PASSWORD, SOURCE, Raw, Server, Session, Skip, ask, main, read_file, wait_until

NGINX = "/usr/sbin/nginx"
NAME = "lampfield.example"
OTHER_ADDRESS = "127.0.0.2"  # a second client: all of 127/8 is this machine
MAIN = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 512; }}
http {{
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  include {folder}/lampfield.conf;
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Office:
    def __init__(self):
        if not os.path.exists(NGINX):
            raise Skip("nginx is not installed")
        self.session = Session()
        self.folder = self.session.path("nginx")
        os.makedirs(self.folder)
        os.chmod(self.session.folder, 0o755)  # nginx drops root
        self.socket = self.session.path("nginx", "http.sock")
        self.server = Server(self.session, {"server": {"listen": f"unix:{self.socket}"},
                                            "limits": {"request-timeout-s": "5"}}).start()
        os.chmod(self.socket, 0o666)  # in place of the group that the account of nginx joins
        self.server.add_people("ada", "bob")
        self.make_certificate()
        self.port, self.plain_port = free_port(), free_port()
        self.write_configuration()
        self.process = self.session.spawn([NGINX, "-e", "stderr", "-c", os.path.join(self.folder, "nginx.conf")], name="nginx")
        self.address = f"https://127.0.0.1:{self.port}"
        wait_until(self.answers, lambda: f"nginx: {self.session.read_log('nginx')}")

    def close(self):
        self.session.close()

    def make_certificate(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
                        "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", os.path.join(self.folder, "privkey.pem"),
                        "-out", os.path.join(self.folder, "fullchain.pem")], check=True, capture_output=True)
        self.tls = ssl.create_default_context(cafile=os.path.join(self.folder, "fullchain.pem"))

    def write_configuration(self):
        text = read_file(SOURCE, "data", "nginx", "lampfield.conf")
        for shipped, here in (("/etc/ssl/lampfield", self.folder), ("/var/log/nginx", self.folder),
                              ("/run/lampfield/http.sock", self.socket), (" 443 ", f" 127.0.0.1:{self.port} "),
                              (" 80;", f" 127.0.0.1:{self.plain_port};")):
            assert shipped in text, shipped
            text = text.replace(shipped, here)
        text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.M)  # the same again, for IPv6
        with open(os.path.join(self.folder, "lampfield.conf"), "w", encoding="utf-8") as file:
            file.write(text)
        with open(os.path.join(self.folder, "nginx.conf"), "w", encoding="utf-8") as file:
            file.write(MAIN.format(folder=self.folder))

    def answers(self):
        assert self.process.poll() is None, self.session.read_log("nginx")
        try:
            return self.ask("GET", "/api/v1/")[0] == 200
        except OSError:
            return False

    def wrap(self, sock):
        return self.tls.wrap_socket(sock, server_hostname=NAME)

    def ask(self, method, path, headers=(), body=None, source=None):
        return ask(self.address, method, path, headers, body, self.wrap, source)

    def login(self, user, password, source=None, headers=()):
        body = json.dumps({"user": user, "password": password, "device": "nginx"})
        status, head, text = self.ask("POST", "/api/v1/auth/login", headers, body, source)
        return status, head, json.loads(text)


def bearer(tokens):
    return [f"Authorization: Bearer {tokens['access_token']}"]


def check_problem(answer, status, code):
    """An answer that nginx gave itself is one that clients understand."""
    assert answer[0] == status, answer
    assert "Content-Type: application/problem+json" in answer[1], answer
    assert json.loads(answer[2])["code"] == code and json.loads(answer[2])["status"] == status, answer


def test_rest_passes(office):
    status, head, tokens = office.login("ada", PASSWORD)
    assert status == 200, tokens
    assert "Strict-Transport-Security: max-age=63072000" in head and "Server: nginx\r\n" in head, head
    assert json.loads(office.ask("GET", "/api/v1/me", bearer(tokens))[2])["person"]["login"] == "ada"
    check_problem(office.ask("GET", "/api/v1/me"), 401, "unauthorized")
    status, head, _text = ask(f"http://127.0.0.1:{office.plain_port}", "GET", "/api/v1/me?q=a")
    assert status == 301 and head.endswith(f"Location: https://{NAME}/api/v1/me"), head


def test_old_tls_is_refused(office):
    for version, is_taken in ((ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)):
        context = ssl.create_default_context(cafile=os.path.join(office.folder, "fullchain.pem"))
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the old version
            context.minimum_version = context.maximum_version = version
        raw = Raw(office.address)
        try:
            context.wrap_socket(raw.socket, server_hostname=NAME).close()
            taken = True
        except ssl.SSLError:
            taken = False
        finally:
            raw.close()
        assert taken == is_taken, version


async def talk(office, ada, bob):
    """A stream over wss: hello, snapshot, and a message that comes at once, though it is small."""
    import websockets
    headers = "additional_headers" if int(websockets.__version__.split(".")[0]) >= 14 else "extra_headers"
    async with websockets.connect(f"wss://{NAME}:{office.port}/api/v1/stream", host="127.0.0.1", port=office.port, ssl=office.tls,
                                  server_hostname=NAME, subprotocols=["lampfield.v1"], open_timeout=DEADLINE_S, compression=None,
                                  **{headers: {"Authorization": f"Bearer {ada['access_token']}"}}) as stream:
        async def wait_for(kind):
            while True:
                frame = json.loads(await asyncio.wait_for(stream.recv(), DEADLINE_S))
                if frame["t"] == kind:
                    return frame

        await stream.send('{"t":"start"}')
        await wait_for("hello")
        await wait_for("snapshot")
        to_ada = json.dumps({"members": [ada["user"]]})
        conversation = json.loads(office.ask("POST", "/api/v1/conversations", bearer(bob), to_ada)[2])["id"]
        path = f"/api/v1/conversations/{conversation}/messages/0dc0ffee-0000-4000-8000-000000000001"
        assert office.ask("PUT", path, bearer(bob), json.dumps({"body": "over wss"}))[0] == 201
        assert (await wait_for("message"))["body"] == "over wss"
        await stream.send('{"t":"ping","n":7}')
        assert (await wait_for("pong"))["n"] == 7


def test_the_stream_passes(office):
    try:
        import websockets  # noqa: F401  # pylint: disable=unused-import
    except ImportError:
        raise Skip("python3-websockets is not installed") from None
    asyncio.run(talk(office, office.login("ada", PASSWORD)[2], office.login("bob", PASSWORD)[2]))


def test_an_origin_is_refused(office):
    tokens = office.login("ada", PASSWORD)[2]
    check_problem(office.ask("GET", "/api/v1/me", bearer(tokens) + ["Origin: https://evil.example"]), 403, "origin_refused")


def test_a_large_body_is_refused(office):
    body = '{"user":"' + "x" * (64 * 1024) + '"}'
    check_problem(office.ask("POST", "/api/v1/auth/login", body=body), 413, "too_large")


def test_what_is_inside_stays_inside(office):
    for path in ("/metrics", "/health/live", "/health/ready", "/", "/admin", "/api/v1/../../metrics", "/api/v1/..%2f..%2fmetrics"):
        answer = office.ask("GET", path)
        assert answer[0] in (400, 404), (path, answer)
        assert "lampfield_" not in answer[2]
    check_problem(office.ask("GET", "/metrics"), 404, "not_found")


def test_a_half_sent_request_is_cut(office):
    """Head or body: whoever does not go on is let go within the time-out of ten seconds, unheard."""
    begun = []
    for text in ("GET /api/v1/ HTTP/1.1\r\nHost: lampf", f"POST /api/v1/auth/login HTTP/1.1\r\nHost: {NAME}\r\n"
                 "Content-Type: application/json\r\nContent-Length: 400\r\n\r\n{\"user\":"):
        raw = Raw(office.address)
        raw.socket = office.wrap(raw.socket)
        raw.send(text)
        begun.append(raw)
    for raw in begun:
        try:
            answer = raw.read_to_end()
        except ssl.SSLError:
            answer = ""
        assert " 200 " not in answer, answer
        raw.close()


def test_a_client_cannot_choose_its_address(office):
    """The back-off of wrong passwords counts the real client, whatever it claims; another one signs in."""
    answers = [office.login("bob", "wrong", headers=[f"X-Forwarded-For: 203.0.113.{n}"])[0] for n in range(12)]
    assert answers[0] == 401 and answers[-1] == 429, answers
    status, _head, text = office.login("bob", PASSWORD)
    assert status == 429 and text["code"] == "rate_limited", text
    status, _head, text = office.login("bob", PASSWORD, source=OTHER_ADDRESS)
    assert status == 200, text
    assert 'address="127.0.0.2"' in office.server.log and "203.0.113" not in office.server.log


def test_a_flood_is_refused(office):
    """More sign-ins than the burst, at once, of a client with keep-alive: some get 429, with Retry-After."""
    body = json.dumps({"user": "nobody", "password": "x", "device": "flood"})
    request = (f"POST /api/v1/auth/login HTTP/1.1\r\nHost: {NAME}\r\nContent-Type: application/json\r\n"
               f"Content-Length: {len(body)}\r\n\r\n{body}")
    answers = []

    def flood():
        raw = Raw(office.address, "127.0.0.3")
        raw.socket = office.wrap(raw.socket)
        raw.send(request * 29 + request.replace("Host:", "Connection: close\r\nHost:"))
        answers.append(raw.read_to_end())
        raw.close()

    threads = [threading.Thread(target=flood) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S * 2)
    whole = "".join(answers)
    assert whole.count("HTTP/1.1 429 ") > 0, "nothing was refused"
    assert '"title":"Too many requests"' in whole, "all was refused by the server behind it"
    assert "Retry-After: 5" in whole
    assert office.ask("GET", "/api/v1/", source=OTHER_ADDRESS)[0] == 200, "the others are not touched"


def test_a_server_that_is_away_is_told_so(office):
    office.server.stop()
    answer = office.ask("GET", "/api/v1/", source=OTHER_ADDRESS)
    check_problem(answer, 503, "unavailable")
    assert "Retry-After: 5" in answer[1], answer
    office.server.start()
    os.chmod(office.socket, 0o666)
    wait_until(office.answers, "the server behind nginx")


def test_the_logs_hold_no_queries(office):
    word = "vermilion-query"
    office.ask("GET", f"/api/v1/users?q={word}", ["Authorization: Bearer vermilion-token"])
    office.ask("POST", f"/api/v1/auth/login?x={word}", body="{" + "y" * 70000)
    wait_until(lambda: '"GET /api/v1/users" 401' in read_file(office.folder, "lampfield.access.log"),
               lambda: read_file(office.folder, "lampfield.access.log"))
    for name in ("lampfield.access.log", "lampfield.error.log"):
        assert "vermilion" not in read_file(office.folder, name), name
    assert "vermilion" not in office.server.log + office.session.read_log("nginx")


TESTS = (test_rest_passes, test_old_tls_is_refused, test_the_stream_passes, test_an_origin_is_refused,
         test_a_large_body_is_refused, test_what_is_inside_stays_inside, test_a_half_sent_request_is_cut,
         test_a_client_cannot_choose_its_address, test_a_flood_is_refused, test_a_server_that_is_away_is_told_so,
         test_the_logs_hold_no_queries)

if __name__ == "__main__":
    sys.exit(main(TESTS, Office))
