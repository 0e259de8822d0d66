#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""/metrics of a running server, read as strictly as Prometheus would: what happened is counted once,
and every family is described in docs/deployment.md.
"""

import json
import os
import re
import subprocess
import sys

from service import PASSWORD, SOURCE, Server, Session, Skip, ask, main, peer, read_file, wait_until

try:
    from prometheus_client.parser import text_string_to_metric_families
except ImportError:
    text_string_to_metric_families = None

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{([a-z_]+="[^"\\\n]*"(?:,[a-z_]+="[^"\\\n]*")*)\})? '
                    r"([0-9.e+-]+|\+Inf|NaN)")
SUFFIXES = ("_bucket", "_sum", "_count")


def parse_strictly(text):
    """The samples as {(name, labels): value} and the types as {family: type}; every line must fit its place."""
    samples, types = {}, {}
    family = None
    assert text.endswith("\n"), "the last line has no end"
    lines = text.split("\n")[:-1]
    for number, line in enumerate(lines):
        if line.startswith("# HELP "):
            family = line.split(" ")[2]
            assert NAME.fullmatch(family) and len(line.split(" ", 3)[3]) > 3, line
            assert family not in types, f"{family} stands twice"
            assert lines[number + 1].startswith(f"# TYPE {family} "), f"{family} has no type"
        elif line.startswith("# TYPE "):
            types[family] = line.split(" ")[3]
            assert types[family] in ("counter", "gauge", "histogram"), line
        else:
            match = SAMPLE.fullmatch(line)
            assert match, f"no sample: {line!r}"
            name, labels, value = match.groups()
            base = name if types[family] != "histogram" else name.removesuffix(
                next(suffix for suffix in SUFFIXES if name.endswith(suffix)))
            assert base == family, f"{name} stands under {family}"
            assert (name, labels) not in samples, f"{line} stands twice"
            samples[name, labels] = float(value)
    for name, kind in types.items():
        assert (kind == "counter") == name.endswith("_total"), f"{name} is a {kind}"
    return samples, types


def check_histograms(samples):
    """Buckets only rise, and the last one is the count."""
    buckets = {}
    for (name, labels), value in samples.items():
        if name.endswith("_bucket"):
            rest, _, bound = (labels or "").rpartition('le="')
            buckets.setdefault((name.removesuffix("_bucket"), rest.rstrip(",")), []).append((bound.rstrip('"'), value))
    assert buckets
    for (name, labels), rows in buckets.items():
        bounds = [float(bound) for bound, _value in rows]
        values = [value for _bound, value in rows]
        assert bounds == sorted(bounds) and rows[-1][0] == "+Inf", (name, rows)
        assert values == sorted(values), (name, rows)
        assert samples[name + "_count", labels or None] == values[-1], name
        assert samples[name + "_sum", labels or None] >= 0, name


class Office:
    def __init__(self):
        self.session = Session()
        self.server = Server(self.session, {"server": {"metrics-listen": "127.0.0.1:0"}}).start()
        self.server.add_people("ada", "bob")

    def close(self):
        self.session.close()

    def read(self):
        status, head, text = ask(self.server.metrics_address, "GET", "/metrics")
        assert status == 200, head
        assert "Content-Type: text/plain; version=0.0.4; charset=utf-8" in head, head
        return parse_strictly(text)[0]


def test_text_is_as_prometheus_reads_it(office):
    ask(office.server.address, "GET", "/api/v1/")
    text = ask(office.server.metrics_address, "GET", "/metrics")[2]
    samples, types = parse_strictly(text)
    check_histograms(samples)
    assert samples["lampfield_hub_people", None] == 2
    if text_string_to_metric_families is None:
        raise Skip("python3-prometheus-client is not installed")
    read = {}
    for family in text_string_to_metric_families(text):
        assert family.type != "unknown" and family.documentation, family.name
        for sample in family.samples:
            read[sample.name, tuple(sorted(sample.labels.items()))] = sample.value
    assert len(read) == len(samples), "the two readers disagree"
    assert len(types) > 30


def test_what_happens_is_counted(office):
    before = office.read()
    address = office.server.address
    ada, bob = peer.Peer(address, "ada", PASSWORD), peer.Peer(address, "bob", PASSWORD)
    ada.connect()
    bob.connect()
    ada.call("PUT", f"/contacts/{bob.id}", {"groups": [], "favourite": False})
    conversation = ada.conversation_with(bob.id)
    ada.write(conversation, "hello")
    bob.stream.wait_for(lambda frame: frame["t"] == "message")
    bob.reach("away")
    ada.stream.wait_for(lambda frame: frame["t"] == "presence" and frame["reachability"]["state"] == "away")
    for password in ("wrong", "wrong again"):
        ask(address, "POST", "/api/v1/auth/login", body=json.dumps({"user": "ada", "password": password, "device": "x"}))
    ask(address, "GET", "/api/v1/nothing-here")
    bob.disconnect()
    ada.stream.socket.shutdown(2)
    wait_until(lambda: office.read()["lampfield_streams", 'state="parked"'] == 1, "ada's stream to be parked")

    after = office.read()

    def rose(name, labels=None):
        return after[name, labels] - before.get((name, labels), 0)

    assert rose("lampfield_accounts_logins_total", 'result="ok"') == 2
    assert rose("lampfield_accounts_logins_total", 'result="wrong"') == 2
    assert rose("lampfield_accounts_hashes_total") == 4
    assert rose("lampfield_stream_starts_total", 'how="new"') == 2
    assert rose("lampfield_stream_frames_received_total", 'type="start"') == 2
    assert rose("lampfield_stream_frames_received_total", 'type="reach"') == 3
    assert rose("lampfield_stream_frames_sent_total", 'type="hello"') == 2
    assert rose("lampfield_stream_frames_sent_total", 'type="message"') == 1, "the sender has it already"
    assert rose("lampfield_stream_closes_total", 'code="1000"') == 1
    assert rose("lampfield_stream_closes_total", 'code="cut"') == 1
    assert rose("lampfield_stream_bytes_total", 'direction="sent"') > 500
    assert rose("lampfield_stream_writes_total") >= 4
    assert rose("lampfield_hub_presence_changes_total") >= 3
    assert rose("lampfield_http_requests_total", 'method="POST",route="/api/v1/auth/login",status="401"') == 2
    assert rose("lampfield_http_requests_total", 'method="GET",route="/api/v1/stream",status="101"') == 2
    assert rose("lampfield_http_requests_total", 'method="",route="none",status="404"') == 1
    put = 'method="PUT",route="/api/v1/conversations/{id}/messages/{client_id}"'
    assert rose("lampfield_http_requests_total", put + ',status="201"') == 1, sorted(after)
    assert rose("lampfield_http_request_duration_seconds_count", put) == 1
    assert rose("lampfield_http_request_duration_seconds_sum", put) > 0
    assert rose("lampfield_store_commit_duration_seconds_count") >= 5
    assert rose("lampfield_store_group_size_count") == rose("lampfield_store_commit_duration_seconds_count")
    assert rose("lampfield_store_jobs_total", 'lane="write"') == rose("lampfield_store_group_size_sum")
    assert after["lampfield_hub_watches", 'watcher="away"'] + after["lampfield_hub_watches", 'watcher="live"'] >= 1
    assert after["lampfield_accounts_sessions", None] == 2
    assert after["lampfield_streams", 'state="live"'] == 0


def test_nothing_else_is_there(office):
    """The listener has one route, and the API's has none of it."""
    assert ask(office.server.address, "GET", "/metrics")[0] == 404
    assert ask(office.server.metrics_address, "GET", "/api/v1/")[0] == 404
    assert ask(office.server.metrics_address, "POST", "/metrics", body="{}")[0] == 405
    assert ask(office.server.metrics_address, "GET", "/metrics", ["Origin: https://evil.example"])[0] == 403
    assert "lampfield_build_info" not in ask(office.server.metrics_address, "HEAD", "/metrics")[2]


def test_every_family_is_documented(office):
    table = read_file(SOURCE, "docs", "deployment.md")
    documented = set(re.findall(r"^\| `((?:lampfield|process)_[a-z_]+)`", table, re.M))
    served = set(parse_strictly(ask(office.server.metrics_address, "GET", "/metrics")[2])[1])
    assert documented == served, f"documented only: {documented - served}; served only: {served - documented}"


def test_a_socket_of_its_own_serves_it(office):
    path = office.session.path("metrics.sock")
    server = Server(office.session, {"server": {"metrics-listen": f"unix:{path}"}}, name="unix").start()
    assert ask(f"unix:{path}", "GET", "/metrics")[0] == 200
    assert os.stat(path).st_mode & 0o777 == 0o660
    server.stop()
    assert not os.path.exists(path) and not os.path.exists(os.path.join(server.data, "metrics-address"))


def test_only_this_machine_can_ask(office):
    for listen in ("0.0.0.0:0", "192.0.2.1:8471", "[::]:8471"):
        server = Server(office.session, {"server": {"metrics-listen": listen}}, name="open")
        checked = subprocess.run([server.program, "--config", server.config, "--check-config"], env=server.env,
                                 capture_output=True, text=True, check=False)
        assert checked.returncode == 1 and "--insecure-direct" in checked.stderr, (listen, checked.stderr)
    settings = {"server": {"metrics-listen": "0.0.0.0:0", "insecure-direct": "true"}}
    server = Server(office.session, settings, name="direct").start()
    port = server.metrics_address.rpartition(":")[2]
    assert ask(f"http://127.0.0.1:{port}", "GET", "/metrics")[0] == 200
    server.stop()


TESTS = (test_text_is_as_prometheus_reads_it, test_what_happens_is_counted, test_nothing_else_is_there,
         test_every_family_is_documented, test_a_socket_of_its_own_serves_it,
         test_only_this_machine_can_ask)

if __name__ == "__main__":
    sys.exit(main(TESTS, Office))
