/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_SEARCH_MAX_PEOPLE  5
#define LF_SEARCH_DEADLINE_MS 50 /* then what was found is what there is */

#define LF_TYPE_SEARCH_PROVIDER (lf_search_provider_get_type ())

/**
 * LfSearchProvider:
 *
 * Finds contacts for the search of GNOME Shell, from memory alone: a list of people with their statuses. A result is a
 * chat with a person, or, for who fits best, a call.
 *
 * Signals: "chat" (LfContact), "call" (LfContact): a result was chosen. "search" (const char *words): it shall go on in
 * the window.
 */
G_DECLARE_FINAL_TYPE (LfSearchProvider, lf_search_provider, LF, SEARCH_PROVIDER, GObject)

LfSearchProvider *lf_search_provider_new (void);
void              lf_search_provider_set_client (LfSearchProvider *self, LfClient *client);
gboolean          lf_search_provider_export (LfSearchProvider *self, GDBusConnection *bus, const char *path, GError **error);
void              lf_search_provider_withdraw (LfSearchProvider *self);

G_END_DECLS
