/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_SERVICE_INTERFACE "org.lampfield.Lampfield1"

#define LF_SERVICE_NEWS_PAUSE_MS 250 /* what changes within is told once, as it is then */

#define LF_TYPE_SERVICE_NEWS (lf_service_news_get_type ())

/**
 * LfServiceNews:
 *
 * Tells the bus of changes: of a contact's display status, of the user's own, and of the client's state. It is made
 * when somebody first asks the service for anything, so that nobody pays for what nobody hears.
 */
G_DECLARE_FINAL_TYPE (LfServiceNews, lf_service_news, LF, SERVICE_NEWS, GObject)

LfServiceNews *lf_service_news_new (LfClient *client, GDBusConnection *bus, const char *path);

G_END_DECLS
