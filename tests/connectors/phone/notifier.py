# SPDX-License-Identifier: GPL-3.0-or-later
"""A PBX that does what a table says: SUBSCRIBE and NOTIFY (RFC 6665) over TCP, for what a real one does
not do when a test wants it."""

import re
import socket
import threading

DIALOG_INFO = "application/dialog-info+xml"


class Answer:
    """What one SUBSCRIBE gets: a status with headers, then documents."""

    def __init__(self, status=200, headers=(), notifies=()):
        self.status = status
        self.headers = headers
        self.notifies = notifies


class Notify:
    """One NOTIFY: the body, and the value of Subscription-State."""

    def __init__(self, body="", state="active;expires=60", content_type=DIALOG_INFO):
        self.body = body
        self.state = state
        self.content_type = content_type


def dialog_info(version, state="full", dialogs=""):
    return (f'<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="{version}" '
            f'state="{state}" entity="sip:x@pbx.test">{dialogs}</dialog-info>')


def dialog(state, direction="recipient", name="1"):
    return f'<dialog id="{name}" direction="{direction}"><state>{state}</state></dialog>'


class Message:
    def __init__(self, head):
        lines = head.split("\r\n")
        self.first = lines[0]
        self.headers = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.headers.append((name.strip().lower(), value.strip()))

    def get(self, *names):
        return next((value for name, value in self.headers if name in names), None)


class Notifier:
    """@table: user of the SIP address → answers, one a SUBSCRIBE; the last one is for all that follow."""

    def __init__(self, table):
        self.table = table
        self.asked = {}  # user → SUBSCRIBEs so far, as Message
        self.answered = []  # statuses of what the connector answered
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.connections = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()
        for connection in self.connections:
            connection.close()

    def count(self, user):
        with self.lock:
            return len(self.asked.get(user, ()))

    def _accept(self):
        try:
            while True:
                connection = self.listener.accept()[0]
                self.connections.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()
        except OSError:
            pass

    def _serve(self, connection):
        rest = b""
        try:
            while True:
                while b"\r\n\r\n" not in rest.lstrip(b"\r\n"):
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    rest = (rest + piece).lstrip(b"\r\n")
                head, _, rest = rest.lstrip(b"\r\n").partition(b"\r\n\r\n")
                message = Message(head.decode())
                size = int(message.get("content-length", "l") or 0)
                while len(rest) < size:
                    rest += connection.recv(65536)
                rest = rest[size:]
                self._take(connection, message)
        except OSError:
            pass

    def _take(self, connection, message):
        if message.first.startswith("SIP/2.0 "):
            self.answered.append(int(message.first.split()[1]))
        elif message.first.startswith("SUBSCRIBE "):
            self._answer_subscribe(connection, message)
        elif not message.first.startswith("ACK "):
            self._send(connection, self._make_answer(message, 200, ()))

    @staticmethod
    def _make_answer(message, status, headers):
        to = message.get("to", "t")
        if ";tag=" not in to:
            to += ";tag=notifier"
        lines = [f"SIP/2.0 {status} Said"]
        lines += [f"Via: {value}" for name, value in message.headers if name in ("via", "v")]
        lines += [f"From: {message.get('from', 'f')}", f"To: {to}", f"Call-ID: {message.get('call-id', 'i')}",
                  f"CSeq: {message.get('cseq')}", *headers]
        return "\r\n".join(lines) + "\r\nContent-Length: 0\r\n\r\n"

    @staticmethod
    def _send(connection, text):
        connection.sendall(text.encode())

    def _answer_subscribe(self, connection, message):
        user = re.match(r"<?sips?:([^@;>]*)", re.sub(r'^"[^"]*"\s*', "", message.get("to", "t"))).group(1)
        with self.lock:
            asked = self.asked.setdefault(user, [])
            asked.append(message)
            number = len(asked)
        answers = self.table.get(user, [Answer(404)])
        answer = answers[min(number, len(answers)) - 1]
        headers = list(answer.headers)
        if answer.status < 300:
            headers += [f"Contact: <sip:127.0.0.1:{self.port};transport=tcp>", f"Expires: {message.get('expires') or 60}"]
        self._send(connection, self._make_answer(message, answer.status, headers))
        for n, notify in enumerate(answer.notifies):
            self._send(connection, self._make_notify(message, number * 100 + n, notify))

    def _make_notify(self, message, sequence, notify):
        contact = re.search(r"<([^>]*)>", message.get("contact", "m") or "<sip:127.0.0.1>").group(1)
        local = re.sub(r"(;tag=[^;]*)?$", "", message.get("to", "t"), count=1) + ";tag=notifier"
        body = notify.body.encode()
        return "\r\n".join([
            f"NOTIFY {contact} SIP/2.0", f"Via: SIP/2.0/TCP 127.0.0.1:{self.port};branch=z9hG4bK-{id(message)}-{sequence}",
            "Max-Forwards: 70", f"From: {local}", f"To: {message.get('from', 'f')}", f"Call-ID: {message.get('call-id', 'i')}",
            f"CSeq: {sequence} NOTIFY", f"Contact: <sip:127.0.0.1:{self.port};transport=tcp>",
            f"Event: {message.get('event', 'o')}", f"Subscription-State: {notify.state}",
            f"Content-Type: {notify.content_type}", f"Content-Length: {len(body)}"]) + "\r\n\r\n" + notify.body

    def send_stray(self):
        """A NOTIFY that nobody has asked for."""
        stray = Message("SUBSCRIBE sip:x SIP/2.0\r\nTo: <sip:999@pbx.test>\r\nFrom: <sip:lampfield@pbx.test>;tag=none\r\n"
                        "Call-ID: stray\r\nCSeq: 1 SUBSCRIBE\r\nEvent: dialog\r\nContact: <sip:lampfield@127.0.0.1>")
        self._send(self.connections[0], self._make_notify(stray, 1, Notify(dialog_info(0, dialogs=dialog("confirmed")))))
