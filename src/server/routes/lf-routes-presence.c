/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-routes"

#include "config.h"

#include "lf-server.h"

#define MAX_USERS 200

static void
get_presence (LfServer *server, LfHttpRequest *request)
{
  const char           *watcher = lf_http_request_get_user (request);
  g_auto (GStrv)        users = lf_http_request_read_ids (request, "users", MAX_USERS);
  g_autoptr (GPtrArray) held = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_presence_unref);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);
  LfWirePresenceList    list = { items };

  for (gsize i = 0; users != NULL && users[i] != NULL; i++)
    {
      LfPresence     *presence = lf_hub_dup_presence (server->hub, watcher, users[i]);
      LfWirePresence *wire = g_new0 (LfWirePresence, 1);

      wire->user = users[i];
      wire->rev = presence->rev;
      wire->calendar_rev = presence->calendar.rev;
      wire->phone = presence->phone;
      wire->reachability = presence->reachability;
      g_ptr_array_add (held, presence);
      g_ptr_array_add (items, wire);
    }
  if (users != NULL)
    lf_http_request_respond (request, 200, &lf_schema_presence_list, &list);
}

const LfRoute lf_routes_presence[] = {
  { "GET", "/presence", LF_ACCESS_PERSON, NULL, get_presence },
  { NULL }
};
