/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "lf-people.h"
#include "lf-plain-line.h"
#include "lf-search-provider.h"
#include "lf-status-words.h"

#define INTERFACE     "org.gnome.Shell.SearchProvider2"
#define INTROSPECTION "/org/lampfield/Lampfield/service/" INTERFACE ".xml"

#define CHAT_PREFIX "chat:"
#define CALL_PREFIX "call:"
#define MAX_TERMS   16
#define CHECK_EVERY 64 /* contacts, between looks at the clock */
#define MAX_METAS   (LF_SEARCH_MAX_PEOPLE + 1)

struct _LfSearchProvider
{
  GObject parent_instance;

  LfClient        *client; /* owned, nullable before the start and after the end */
  GDBusConnection *bus;    /* owned, nullable unless exported */
  guint            registration_id;
};

G_DEFINE_FINAL_TYPE (LfSearchProvider, lf_search_provider, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHAT,
  SIGNAL_CALL,
  SIGNAL_SEARCH,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Who fits, as far as is known at the deadline. */
typedef struct
{
  LfContact    *contacts[LF_SEARCH_MAX_PEOPLE]; /* borrowed; the closest first */
  LfPeopleMatch matches[LF_SEARCH_MAX_PEOPLE];
  guint         n;
} Best;

/* ---- finding ---- */

/* What was typed, or NULL for what is no name. */
static char *
join_terms (const char *const *terms)
{
  g_autofree char *words = NULL;

  if (g_strv_length ((char **) terms) > MAX_TERMS)
    return NULL;

  words = g_strjoinv (" ", (char **) terms);
  g_strstrip (words);

  return *words != '\0' && g_utf8_strlen (words, -1) <= LF_PEOPLE_MAX_CHARS ? g_steal_pointer (&words) : NULL;
}

static void
take (Best *best, LfContact *contact, LfPeopleMatch match)
{
  guint at = best->n;

  while (at > 0 && match < best->matches[at - 1])
    at--;
  if (match == LF_PEOPLE_MATCH_NONE || at == LF_SEARCH_MAX_PEOPLE)
    return;
  best->n = MIN (best->n + 1, LF_SEARCH_MAX_PEOPLE);
  memmove (best->contacts + at + 1, best->contacts + at, (best->n - at - 1) * sizeof best->contacts[0]);
  memmove (best->matches + at + 1, best->matches + at, (best->n - at - 1) * sizeof best->matches[0]);
  best->contacts[at] = contact;
  best->matches[at] = match;
}

static void
find (LfSearchProvider *self, const char *words, Best *best)
{
  GListModel *roster = G_LIST_MODEL (lf_client_get_roster (self->client));
  gint64      deadline_us = g_get_monotonic_time () + LF_SEARCH_DEADLINE_MS * 1000;
  guint       n_contacts = g_list_model_get_n_items (roster);

  for (guint i = 0; i < n_contacts; i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (roster, i);

      take (best, contact, lf_people_match (contact, words));
      if (i % CHECK_EVERY == 0 && g_get_monotonic_time () > deadline_us)
        break;
    }
}

static gboolean
has_number (LfContact *contact)
{
  const char *const *addresses = lf_contact_get_addresses (contact);

  return addresses != NULL && addresses[0] != NULL;
}

static GVariant *
make_results (LfSearchProvider *self, const char *const *terms)
{
  g_autofree char *words = lf_people_are_known (self->client) ? join_terms (terms) : NULL;
  GVariantBuilder  results;
  Best             best = { 0 };

  if (words != NULL)
    find (self, words, &best);
  g_variant_builder_init (&results, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < best.n; i++)
    {
      g_variant_builder_add_value (&results, g_variant_new_take_string (g_strconcat (CHAT_PREFIX, lf_contact_get_user (best.contacts[i]), NULL)));
      /* Who is meant is clear: a call is as near as a chat. */
      if (i == 0 && has_number (best.contacts[i]) && (best.n == 1 || best.matches[0] < best.matches[1]))
        g_variant_builder_add_value (&results, g_variant_new_take_string (g_strconcat (CALL_PREFIX, lf_contact_get_user (best.contacts[i]), NULL)));
    }

  return g_variant_new ("(as)", &results);
}

/* ---- showing ---- */

/* An icon theme has shapes for these; words say the same. */
static const char *
name_icon (LfDisplayStatus status)
{
  switch (status)
    {
    case LF_DISPLAY_AVAILABLE:
    case LF_DISPLAY_ONLINE:
      return "user-available-symbolic";
    case LF_DISPLAY_IDLE:
      return "user-idle-symbolic";
    case LF_DISPLAY_AWAY:
      return "user-away-symbolic";
    case LF_DISPLAY_IN_A_MEETING:
    case LF_DISPLAY_ON_THE_PHONE:
    case LF_DISPLAY_DO_NOT_DISTURB:
      return "user-busy-symbolic";
    case LF_DISPLAY_OFFLINE:
      return "user-offline-symbolic";
    case LF_DISPLAY_UNKNOWN:
    default:
      return "user-not-tracked-symbolic";
    }
}

/* Who is meant by the id of a result; what the Shell sends back need not be what it was given. */
static LfContact *
read_result (LfSearchProvider *self, const char *id, gboolean *is_call)
{
  *is_call = g_str_has_prefix (id, CALL_PREFIX);
  if (!lf_people_are_known (self->client) || (!*is_call && !g_str_has_prefix (id, CHAT_PREFIX)))
    return NULL;

  return lf_roster_lookup (lf_client_get_roster (self->client), id + strlen (CHAT_PREFIX));
}

static char *
describe (LfSearchProvider *self, LfContact *contact)
{
  const LfResolved *resolved = lf_contact_get_resolved (contact);
  gint64            as_of_us = lf_client_get_as_of_us (self->client);
  gint64            now_us = lf_clock_get_now_us (lf_client_get_clock (self->client));
  g_autofree char  *words = lf_status_words_format (resolved, now_us);
  g_autofree char  *note = lf_status_words_format_note (resolved);
  g_autofree char  *age = lf_client_get_state (self->client) != LF_CLIENT_ONLINE && as_of_us != 0 ? lf_status_words_format_as_of (as_of_us, now_us) : NULL;
  g_autofree char  *joined = NULL;
  const char       *parts[4] = { words };
  gsize             n = 1;

  if (note != NULL)
    parts[n++] = note;
  if (age != NULL)
    parts[n++] = age;

  joined = g_strjoinv (" – ", (char **) parts);

  return lf_plain_line_new (joined);
}

static GVariant *
make_meta (LfSearchProvider *self, const char *id, LfContact *contact, gboolean is_call)
{
  GVariantBuilder   meta;
  g_autofree char  *name = lf_plain_line_new (lf_contact_get_name (contact));
  g_autofree char  *description = describe (self, contact);
  g_autoptr (GIcon) icon = g_themed_icon_new (is_call ? "call-start-symbolic" : name_icon (lf_contact_get_resolved (contact)->status));

  g_variant_builder_init (&meta, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&meta, "{sv}", "id", g_variant_new_string (id));
  if (is_call)
    /* Translators: the argument is a person's name. */
    g_variant_builder_add (&meta, "{sv}", "name", g_variant_new_take_string (g_strdup_printf (_("Call %s"), name)));
  else
    g_variant_builder_add (&meta, "{sv}", "name", g_variant_new_string (name));
  g_variant_builder_add (&meta, "{sv}", "description", g_variant_new_string (description));
  g_variant_builder_add (&meta, "{sv}", "gicon", g_variant_new_take_string (g_icon_to_string (icon)));

  return g_variant_builder_end (&meta);
}

static GVariant *
make_metas (LfSearchProvider *self, const char *const *ids)
{
  GVariantBuilder metas;
  guint           n = 0;

  g_variant_builder_init (&metas, G_VARIANT_TYPE ("aa{sv}"));
  for (; *ids != NULL && n < MAX_METAS; ids++)
    {
      gboolean   is_call;
      LfContact *contact = read_result (self, *ids, &is_call);

      if (contact == NULL)
        continue;
      g_variant_builder_add_value (&metas, make_meta (self, *ids, contact, is_call));
      n++;
    }

  return g_variant_new ("(aa{sv})", &metas);
}

/* ---- methods ---- */

static void
activate (LfSearchProvider *self, const char *id)
{
  gboolean   is_call;
  LfContact *contact = read_result (self, id, &is_call);

  if (contact != NULL)
    g_signal_emit (self, signals[is_call ? SIGNAL_CALL : SIGNAL_CHAT], 0, contact);
}

static void
launch (LfSearchProvider *self, const char *const *terms)
{
  g_autofree char *words = join_terms (terms);

  if (self->client != NULL)
    g_signal_emit (self, signals[SIGNAL_SEARCH], 0, words != NULL ? words : "");
}

/* Only methods of the introspection data come here, with arguments of the types told there. */
static void
on_method_call (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  LfSearchProvider       *self = user_data;
  g_autofree const char **texts = NULL;
  const char             *id;
  guint                   timestamp;
  GVariant               *answer = NULL;

  if (g_str_equal (method, "GetInitialResultSet"))
    {
      g_variant_get (parameters, "(^a&s)", &texts);
      answer = make_results (self, texts);
    }
  else if (g_str_equal (method, "GetSubsearchResultSet"))
    {
      /* Looked for anew: what was left out for want of room may have room now. */
      g_variant_get (parameters, "(@as^a&s)", NULL, &texts);
      answer = make_results (self, texts);
    }
  else if (g_str_equal (method, "GetResultMetas"))
    {
      g_variant_get (parameters, "(^a&s)", &texts);
      answer = make_metas (self, texts);
    }
  else if (g_str_equal (method, "ActivateResult"))
    {
      g_variant_get (parameters, "(&s^a&su)", &id, &texts, &timestamp);
      activate (self, id);
    }
  else
    {
      g_variant_get (parameters, "(^a&su)", &texts, &timestamp);
      launch (self, texts);
    }
  g_dbus_method_invocation_return_value (invocation, answer);
}

static void
lf_search_provider_dispose (GObject *object)
{
  LfSearchProvider *self = LF_SEARCH_PROVIDER (object);

  lf_search_provider_withdraw (self);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (lf_search_provider_parent_class)->dispose (object);
}

static void
lf_search_provider_class_init (LfSearchProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lf_search_provider_dispose;

  signals[SIGNAL_CHAT] = g_signal_new ("chat", LF_TYPE_SEARCH_PROVIDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, LF_TYPE_CONTACT);
  signals[SIGNAL_CALL] = g_signal_new ("call", LF_TYPE_SEARCH_PROVIDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, LF_TYPE_CONTACT);
  signals[SIGNAL_SEARCH] = g_signal_new ("search", LF_TYPE_SEARCH_PROVIDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lf_search_provider_init (LfSearchProvider *self)
{
}

/**
 * lf_search_provider_new:
 *
 * Returns: (transfer full): a provider that is on no bus
 */
LfSearchProvider *
lf_search_provider_new (void)
{
  return g_object_new (LF_TYPE_SEARCH_PROVIDER, NULL);
}

/**
 * lf_search_provider_set_client:
 * @self: a provider
 * @client: (nullable): whose contacts are found; %NULL: nobody is
 *
 * Begins and ends to find somebody.
 */
void
lf_search_provider_set_client (LfSearchProvider *self, LfClient *client)
{
  g_return_if_fail (LF_IS_SEARCH_PROVIDER (self));

  g_set_object (&self->client, client);
}

/**
 * lf_search_provider_export:
 * @self: a provider that is on no bus
 * @bus: the session bus
 * @path: of its object, as data/org.lampfield.Lampfield.search-provider.ini says
 * @error: return location
 *
 * Puts it on the bus.
 *
 * Returns: %TRUE if it can be asked now
 */
gboolean
lf_search_provider_export (LfSearchProvider *self, GDBusConnection *bus, const char *path, GError **error)
{
  static const GDBusInterfaceVTable vtable = { on_method_call, NULL, NULL, { NULL } };
  g_autoptr (GBytes)                xml = g_resources_lookup_data (INTROSPECTION, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (GDBusNodeInfo)         node = NULL;

  g_return_val_if_fail (LF_IS_SEARCH_PROVIDER (self) && self->bus == NULL && G_IS_DBUS_CONNECTION (bus) && path != NULL, FALSE);

  node = g_dbus_node_info_new_for_xml (g_bytes_get_data (xml, NULL), error);
  if (node == NULL)
    return FALSE;
  self->registration_id = g_dbus_connection_register_object (bus, path, g_dbus_node_info_lookup_interface (node, INTERFACE),
                                                             &vtable, self, NULL, error);
  if (self->registration_id == 0)
    return FALSE;
  self->bus = g_object_ref (bus);

  return TRUE;
}

/**
 * lf_search_provider_withdraw:
 * @self: a provider
 *
 * Takes it from the bus.
 */
void
lf_search_provider_withdraw (LfSearchProvider *self)
{
  g_return_if_fail (LF_IS_SEARCH_PROVIDER (self));

  if (self->registration_id != 0)
    g_dbus_connection_unregister_object (self->bus, self->registration_id);
  self->registration_id = 0;
  g_clear_object (&self->bus);
}
