# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of Exchange Web Services as tells when people are busy; strict in what it takes, as Exchange is.

That it speaks like Exchange is shown by python3-exchangelib, which takes it for one (test_ews.py).
"""

import base64
import datetime
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

from stub_server import StubServer

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
T = "{http://schemas.microsoft.com/exchange/services/2006/types}"
M = "{http://schemas.microsoft.com/exchange/services/2006/messages}"
XML = [("Content-Type", "text/xml; charset=utf-8")]
LOGIN, PASSWORD, NT_DOMAIN = "lampfield", "exchange of words", "EXAMPLE"
UTC_ZONE = """<m:GetServerTimeZonesResponse><m:ResponseMessages><m:GetServerTimeZonesResponseMessage ResponseClass="Success">
<m:ResponseCode>NoError</m:ResponseCode><m:TimeZoneDefinitions><t:TimeZoneDefinition Id="UTC" Name="(UTC)">
<t:Periods><t:Period Bias="PT0S" Name="Standard" Id="std"/></t:Periods>
<t:TransitionsGroups><t:TransitionsGroup Id="0"><t:Transition><t:To Kind="Period">std</t:To></t:Transition></t:TransitionsGroup></t:TransitionsGroups>
<t:Transitions><t:Transition><t:To Kind="Group">0</t:To></t:Transition></t:Transitions></t:TimeZoneDefinition></m:TimeZoneDefinitions>
</m:GetServerTimeZonesResponseMessage></m:ResponseMessages></m:GetServerTimeZonesResponse>"""


class SchemaError(Exception):
    """What Exchange would not take."""


def names(element):
    return [child.tag for child in element]


def want(is_so, what):
    if not is_so:
        raise SchemaError(what)


class EwsStub(StubServer):
    """@mailboxes: {mail: [(start, end, type)], or a code of an error}."""

    def __init__(self, mailboxes, auth="basic"):
        self.mailboxes = mailboxes
        self.auth = auth
        self.batches = []  # how many mailboxes each question was for
        self.views = set()
        self.users = []  # who asked
        self.n_refused = 0  # for want of a password
        self.trouble = []  # (status, headers, body), each for one question
        super().__init__(self.answer)

    @property
    def address(self):
        return super().address + "EWS/Exchange.asmx"

    def answer(self, _method, _path, headers, body):
        challenge = self.challenge(headers.get("Authorization", ""))
        if challenge:
            self.n_refused += 1
            return 401, [("WWW-Authenticate", challenge)], ""
        if self.trouble:
            return self.trouble.pop(0)
        try:
            return 200, XML, self.envelope(self.reply(ET.fromstring(body)))
        except (SchemaError, ET.ParseError) as error:
            fault = f'<s:Fault><faultcode>a:ErrorSchemaValidation</faultcode><faultstring>{escape(str(error))}</faultstring><detail><e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">ErrorSchemaValidation</e:ResponseCode></detail></s:Fault>'
            return 500, XML, self.envelope(fault)

    def challenge(self, authorization):
        """What to ask for, or None for who may come in."""
        kind, _, value = authorization.partition(" ")
        if self.auth == "basic":
            if kind == "Basic" and base64.b64decode(value).decode() == f"{LOGIN}:{PASSWORD}":
                self.users.append(LOGIN)
                return None
            return 'Basic realm="Exchange"'
        message = base64.b64decode(value) if kind == "NTLM" else b""
        if message[8:12] == b"\x03\0\0\0":  # [MS-NLMP] AUTHENTICATE_MESSAGE: domain and user at their offsets
            fields = [message[int.from_bytes(message[at + 4:at + 8], "little"):][:int.from_bytes(message[at:at + 2], "little")] for at in (28, 36)]
            self.users.append("\\".join(field.decode("utf-16-le") for field in fields))
            return None if len(message[20:28]) == 8 else "NTLM"
        if message[8:12] == b"\x01\0\0\0":
            target = NT_DOMAIN.encode("utf-16-le")
            flags = 0x00828201  # unicode, NTLM, target is a domain, extended session security
            return "NTLM " + base64.b64encode(b"NTLMSSP\0\x02\0\0\0" + len(target).to_bytes(2, "little") * 2 + (56).to_bytes(4, "little") +
                                              flags.to_bytes(4, "little") + b"\x01\x23\x45\x67\x89\xab\xcd\xef" + bytes(8) +
                                              (0).to_bytes(2, "little") * 2 + (56 + len(target)).to_bytes(4, "little") + bytes(8) + target).decode()
        return "NTLM"

    @staticmethod
    def envelope(content):
        return ('<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
                f' xmlns:t="{T[1:-1]}" xmlns:m="{M[1:-1]}"><s:Header><t:ServerVersionInfo MajorVersion="15" MinorVersion="1" '
                f'MajorBuildNumber="2507" MinorBuildNumber="6" Version="V2017_07_11"/></s:Header><s:Body>{content}</s:Body></s:Envelope>')

    def reply(self, envelope):
        want(envelope.tag == SOAP + "Envelope", "no envelope")
        request = envelope.find(SOAP + "Body")[0]
        if request.tag == M + "GetServerTimeZones":
            return UTC_ZONE
        want(request.tag == M + "GetUserAvailabilityRequest", request.tag)
        want(names(request) == [T + "TimeZone", M + "MailboxDataArray", T + "FreeBusyViewOptions"], f"order: {names(request)}")
        zone, boxes, options = request
        want(names(zone) == [T + "Bias", T + "StandardTime", T + "DaylightTime"], f"zone: {names(zone)}")
        want(int(zone[0].text) == 0, "another zone than UTC")
        want(names(options)[0] == T + "TimeWindow" and names(options)[-1] == T + "RequestedView", f"options: {names(options)}")
        want(names(options[0]) == [T + "StartTime", T + "EndTime"], "window")
        want(0 < len(boxes) <= 100, f"{len(boxes)} mailboxes")
        self.batches.append(len(boxes))
        self.views.add(options[-1].text)
        start, end = (self.read_time(time.text) for time in options[0])
        want(datetime.timedelta(0) < end - start <= datetime.timedelta(days=62), "window too long")
        return "<m:GetUserAvailabilityResponse><m:FreeBusyResponseArray>" + "".join(self.mailbox(box, start, end) for box in boxes) + "</m:FreeBusyResponseArray></m:GetUserAvailabilityResponse>"

    @staticmethod
    def read_time(text):
        return datetime.datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=None)

    def mailbox(self, box, start, end):
        want(box.tag == T + "MailboxData" and names(box) == [T + "Email", T + "AttendeeType", T + "ExcludeConflicts"], f"mailbox: {names(box)}")
        known = self.mailboxes.get(box.find(f"{T}Email/{T}Address").text, "ErrorMailRecipientNotFound")
        if isinstance(known, str):
            return f'<m:FreeBusyResponse><m:ResponseMessage ResponseClass="Error"><m:MessageText>No.</m:MessageText><m:ResponseCode>{known}</m:ResponseCode></m:ResponseMessage></m:FreeBusyResponse>'
        events = "".join(f"<t:CalendarEvent><t:StartTime>{begin:%Y-%m-%dT%H:%M:%S}</t:StartTime><t:EndTime>{until:%Y-%m-%dT%H:%M:%S}</t:EndTime><t:BusyType>{kind}</t:BusyType></t:CalendarEvent>"
                         for begin, until, kind in known if begin.replace(tzinfo=None) < end and until.replace(tzinfo=None) > start)
        array = f"<t:CalendarEventArray>{events}</t:CalendarEventArray>" if events else ""
        return ('<m:FreeBusyResponse><m:ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode></m:ResponseMessage>'
                f"<m:FreeBusyView><t:FreeBusyViewType>FreeBusy</t:FreeBusyViewType>{array}<t:WorkingHours><t:TimeZone><t:Bias>0</t:Bias>"
                "<t:StandardTime><t:Bias>0</t:Bias><t:Time>00:00:00</t:Time><t:DayOrder>0</t:DayOrder><t:Month>0</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime>"
                "<t:DaylightTime><t:Bias>0</t:Bias><t:Time>00:00:00</t:Time><t:DayOrder>0</t:DayOrder><t:Month>0</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone>"
                "<t:WorkingPeriodArray/></t:WorkingHours></m:FreeBusyView></m:FreeBusyResponse>")
