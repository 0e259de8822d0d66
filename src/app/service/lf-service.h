/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-client.h"
#include "lf-service-news.h"

G_BEGIN_DECLS

#define LF_TYPE_SERVICE (lf_service_get_type ())

/**
 * LfService:
 *
 * What other programs of the desktop may ask of the running client over the session bus: the interface
 * org.lampfield.Lampfield1, described in docs/dbus.md. It answers with what the client shows; the directory is asked
 * through the client, for people who are no contacts.
 *
 * Signals: "chat" (LfContact): show the chat with this person. "call" (LfContact *contact, const char *address): call
 * the person, or else the address; one of them is NULL.
 */
G_DECLARE_FINAL_TYPE (LfService, lf_service, LF, SERVICE, GObject)

LfService *lf_service_new (void);
/* From the start of the program to its end; before, everybody is signed out. */
void     lf_service_set_client (LfService *self, LfClient *client);
gboolean lf_service_export (LfService *self, GDBusConnection *bus, const char *path, GError **error);
void     lf_service_withdraw (LfService *self);

G_END_DECLS
