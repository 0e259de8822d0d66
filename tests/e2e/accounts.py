# SPDX-License-Identifier: GPL-3.0-or-later
"""The calendars of a desktop as end-to-end tests make them: what GNOME Online Accounts and Evolution would write for
Evolution Data Server, which is started by the bus of the session.
"""

import os
import subprocess

from event_set import OWN
from lfdesktop import DEADLINE_S, Skip, need
from office import Office

NAME = "org.gnome.evolution.dataserver.Calendar8"
SERVICE = f"/usr/share/dbus-1/services/{NAME}.service"
SOURCE = """[Data Source]
DisplayName={name}
Enabled=true
Parent=caldav-stub

[Calendar]
BackendName=caldav
Color=#3584e4
Selected=true

[Authentication]
Host=127.0.0.1
Method={method}
User={login}
Port={port}
ProxyUid=system-proxy
RememberPassword=true

[Security]
Method=none

[WebDAV Backend]
EmailAddress={mail}
ResourcePath={path}
"""


class AccountOffice(Office):
    """The small office, where Mara's desktop has calendars."""

    def start(self, notifications=True):
        if not os.path.exists(SERVICE):
            raise Skip("evolution-data-server is not installed")
        super().start(notifications)

    @staticmethod
    def write(path, text):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)

    def add_account(self, uid, name, port, path, login="", password=None):
        """A calendar by CalDAV, before the service is started; the password goes into the keyring, as the desktop has it."""
        self.write(os.path.join(self.session.env["XDG_CONFIG_HOME"], f"evolution/sources/{uid}.source"),
                   SOURCE.format(name=name, port=port, path=path, login=login, mail=OWN, method="plain/password" if password else "none"))
        if password:
            subprocess.run([need("secret-tool"), "store", "--label", name, "e-source-uid", uid], env=self.session.env, input=password,
                           text=True, check=True, timeout=DEADLINE_S)

    def refresh(self, uid):
        """As the button of a calendar program does, in place of the minutes until the service asks by itself."""
        from gi.repository import Gio, GLib
        bus = Gio.bus_get_sync(Gio.BusType.SESSION)  # one to the end: the service closes what it opened for one that leaves

        def call(owner, path, interface, method, parameters=None):
            return bus.call_sync(owner, path, f"org.gnome.evolution.dataserver.{interface}", method, parameters, None,
                                 Gio.DBusCallFlags.NONE, int(DEADLINE_S * 1000), None)

        path, owner = call(NAME, "/org/gnome/evolution/dataserver/CalendarFactory", "CalendarFactory", "OpenCalendar", GLib.Variant("(s)", (uid,)))
        call(owner, path, "Calendar", "Open")
        call(owner, path, "Calendar", "Refresh")
