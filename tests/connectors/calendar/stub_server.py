# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP server on a free port of the loopback that answers as it is told."""

import http.server
import threading


class StubServer:
    """@answer: a function of (method, path, headers, body) that gives (status, [(name, value)], bytes or text)."""

    def __init__(self, answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *arguments):  # pylint: disable=arguments-differ
                pass

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, headers, text = answer(self.command, self.path, self.headers, body.decode())
                data = text.encode() if isinstance(text, str) else text
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PROPFIND = do_REPORT = answer

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
