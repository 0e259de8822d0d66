# SPDX-License-Identifier: GPL-3.0-or-later
"""A CalDAV server that does what a test wants, and counts what it is asked: for odd answers, and for benchmarks, where
a real server would be slower than what is measured."""

import http.server
import re
import threading
from xml.sax.saxutils import escape, unescape

NAMES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/"'
EVENTS_ONLY = '<C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>'


class Calendar:
    """Objects by name; every change is a step, and the token is the number of steps."""

    def __init__(self, kind="<D:collection/><C:calendar/>", more=EVENTS_ONLY):
        self.kind = kind
        self.more = more
        self.objects = {}  # name -> (step, text)
        self.gone = {}  # name -> step
        self.step = 0

    def put(self, name, text):
        self.step += 1
        self.objects[name] = (self.step, text)
        self.gone.pop(name, None)

    def delete(self, name):
        self.step += 1
        del self.objects[name]
        self.gone[name] = self.step

    @property
    def token(self):
        return f"https://lampfield.test/sync/{self.step}"


class Stub:
    """Everybody's calendars at /LOGIN/NAME/. What may be set: attributes with a default below. An answer is a status,
    headers, and a text or pieces of bytes: these are sent as they come, to the end of the connection. Without a status nothing
    is said, as long as a function in place of the text lasts."""

    has_tokens = True
    has_ctags = True
    refuses_tokens = False  # a report of changes is answered with 403
    report_limit = 0  # so many changes a report, then 507
    leaves_out = None  # a name that a multiget does not tell of
    root_status = 207  # of the address itself
    fails_with = None  # (status, headers) of everything

    def __init__(self):
        self.homes = {}  # login -> {name: Calendar}
        self.requests = []  # "METHOD path": all that was asked
        self.lock = threading.Lock()
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *arguments):  # pylint: disable=arguments-differ
                pass

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                with stub.lock:
                    stub.requests.append(f"{self.command} {self.path}")
                    status, headers, text = stub.answer(self.command, self.path, self.headers.get("Depth", "0"), body)
                if status is None:
                    text()
                    self.close_connection = True
                    return
                data = text.encode() if isinstance(text, str) else None
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if data is not None:
                    self.send_header("Content-Length", str(len(data)))
                self.close_connection = data is None
                self.end_headers()
                try:
                    for piece in [data] if data is not None else text:
                        self.wfile.write(piece)
                except OSError:
                    pass  # whoever asked had enough

            do_GET = do_PROPFIND = do_REPORT = answer

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 1000

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server.server_port}/"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def add(self, login, name="work", **keys):
        return self.homes.setdefault(login, {}).setdefault(name, Calendar(**keys))

    def take_requests(self):
        """What was asked since the last time."""
        with self.lock:
            taken, self.requests = self.requests, []
        return taken

    @staticmethod
    def multistatus(responses, token=None):
        tail = f"<D:sync-token>{escape(token)}</D:sync-token>" if token else ""
        return 207, {"Content-Type": "application/xml"}, (f'<?xml version="1.0"?><D:multistatus {NAMES}>' + "".join(responses) + tail + "</D:multistatus>")

    @staticmethod
    def response(href, properties):
        return f"<D:response><D:href>{escape(href)}</D:href><D:propstat><D:prop>{properties}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"

    def describe(self, login, name):
        calendar = self.homes[login][name]
        properties = f"<D:resourcetype>{calendar.kind}</D:resourcetype><D:displayname>{name}</D:displayname>{calendar.more}"
        if self.has_tokens:
            properties += f"<D:sync-token>{calendar.token}</D:sync-token>"
        if self.has_ctags:
            properties += f"<CS:getctag>{calendar.step}</CS:getctag>"
        return self.response(f"/{login}/{name}/", properties)

    def answer(self, method, path, depth, body):
        parts = [part for part in path.split("/") if part]
        if self.fails_with:
            return (*self.fails_with, "")
        if path == "/.well-known/caldav":
            return 301, {"Location": "/principal/"}, ""
        if parts == ["principal"]:
            login = next(iter(self.homes))
            return self.multistatus([self.response(path, f"<C:calendar-home-set><D:href>/{login}/</D:href></C:calendar-home-set>")])
        if not parts:
            return (self.root_status, {}, "") if self.root_status != 207 else self.multistatus(
                [self.response("/", "<D:current-user-principal><D:href>/principal/</D:href></D:current-user-principal>")])
        if parts[0] not in self.homes or (len(parts) > 1 and parts[1] not in self.homes[parts[0]]):
            return 404, {}, ""
        if len(parts) == 1:
            home = self.response(path, f"<D:resourcetype><D:collection/></D:resourcetype><C:calendar-home-set><D:href>/{parts[0]}/</D:href></C:calendar-home-set>")
            below = [self.describe(parts[0], name) for name in self.homes[parts[0]]] if depth == "1" else []
            return self.multistatus([home, *below])
        return self.answer_calendar(method, path, depth, body, parts)

    def answer_calendar(self, method, path, depth, body, parts):
        calendar = self.homes[parts[0]][parts[1]]
        if method == "PROPFIND" and depth == "0":
            return self.multistatus([self.describe(*parts)])
        if method == "PROPFIND":
            return self.multistatus([self.describe(*parts), *(self.tagged(path, name, calendar) for name in calendar.objects)])
        if "sync-collection" in body:
            return self.changes(path, calendar, body)
        hrefs = [unescape(href) for href in re.findall("<D:href>(.*?)</D:href>", body)]
        return self.multistatus([self.contents(href, calendar) for href in hrefs if not href.endswith(f"/{self.leaves_out}")])

    def tagged(self, path, name, calendar):
        return self.response(path + name, f'<D:getetag>"{calendar.objects[name][0]}"</D:getetag><D:resourcetype/>')

    def changes(self, path, calendar, body):
        since = int(re.search("/sync/([0-9]+)<", body).group(1))
        steps = sorted([(step, name) for name, (step, _) in calendar.objects.items() if step > since] +
                       [(step, name) for name, step in calendar.gone.items() if step > since])
        token = calendar.token
        if self.refuses_tokens:
            return 403, {}, ""
        tail = []
        if self.report_limit and len(steps) > self.report_limit:
            steps = steps[:self.report_limit]
            token = f"https://lampfield.test/sync/{steps[-1][0]}"
            tail = [f"<D:response><D:href>{path}</D:href><D:status>HTTP/1.1 507 Insufficient Storage</D:status></D:response>"]
        return self.multistatus([self.tagged(path, name, calendar) if name in calendar.objects else
                                 f"<D:response><D:href>{path}{name}</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>"
                                 for _, name in steps] + tail, token)

    def contents(self, href, calendar):
        name = href.rpartition("/")[2]
        if name not in calendar.objects:
            return f"<D:response><D:href>{escape(href)}</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>"
        step, text = calendar.objects[name]
        return self.response(href, f'<D:getetag>"{step}"</D:getetag><C:calendar-data>{escape(text)}</C:calendar-data>')
