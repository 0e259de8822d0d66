/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-person-facts.h"
#include "lf-service-news.h"

#define MAX_TOLD 200 /* people, at a time: a whole list that changes is spread */

struct _LfServiceNews
{
  GObject parent_instance;

  LfClient        *client; /* owned */
  GDBusConnection *bus;    /* owned */
  char            *path;   /* owned; of the object that tells */

  GHashTable *changed; /* owned; user id → display status before, of who changed since the last pause */
  LfContact  *own;     /* owned, nullable while signed out */
  GVariant   *told;    /* owned, nullable: of the user, as last told, without words */
  guint       pause_id;
};

G_DEFINE_FINAL_TYPE (LfServiceNews, lf_service_news, G_TYPE_OBJECT)

static void
emit (LfServiceNews *self, const char *interface, const char *signal, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;

  if (!g_dbus_connection_emit_signal (self->bus, NULL, self->path, interface, signal, parameters, &error))
    g_debug ("%s: %s", signal, error->message);
}

/* ---- what is told at the end of a pause ---- */

static void
tell_contact (LfServiceNews *self, const char *user, LfDisplayStatus before)
{
  LfContact      *contact = lf_roster_lookup (lf_client_get_roster (self->client), user);
  LfDisplayStatus status;

  if (contact == NULL)
    return;

  status = lf_contact_get_resolved (contact)->status;
  if (status != before)
    emit (self, LF_SERVICE_INTERFACE, "StatusChanged",
          g_variant_new ("(ss@a{sv})", user, lf_display_status_to_name (status), lf_person_facts_new (self->client, contact)));
}

/* What is told of the user, but for words, in which time passes. */
static GVariant *
make_own_key (LfServiceNews *self)
{
  g_autoptr (GVariant) own = NULL;
  GVariantDict         facts;

  if (lf_client_get_me (self->client) == NULL)
    return NULL;

  own = g_variant_ref_sink (lf_person_facts_new_own (self->client));
  g_variant_dict_init (&facts, own);
  g_variant_dict_remove (&facts, "text");
  g_variant_dict_remove (&facts, "as_of");

  return g_variant_ref_sink (g_variant_dict_end (&facts));
}

static gboolean
is_same (GVariant *a, GVariant *b)
{
  return a == NULL || b == NULL ? a == b : g_variant_equal (a, b);
}

static void
tell_own (LfServiceNews *self)
{
  g_autoptr (GVariant) own = make_own_key (self);

  if (is_same (own, self->told))
    return;

  g_clear_pointer (&self->told, g_variant_unref);
  self->told = g_steal_pointer (&own);
  if (self->told != NULL)
    emit (self, LF_SERVICE_INTERFACE, "OwnChanged", g_variant_new ("(@a{sv})", lf_person_facts_new_own (self->client)));
}

static gboolean
on_pause_over (gpointer user_data)
{
  LfServiceNews *self = user_data;
  GHashTableIter iter;
  gpointer       user, before;
  guint          n_told = 0;

  tell_own (self);
  g_hash_table_iter_init (&iter, self->changed);
  while (n_told < MAX_TOLD && g_hash_table_iter_next (&iter, &user, &before))
    {
      tell_contact (self, user, (LfDisplayStatus) GPOINTER_TO_UINT (before));
      g_hash_table_iter_remove (&iter);
      n_told++;
    }
  if (g_hash_table_size (self->changed) > 0)
    return G_SOURCE_CONTINUE;
  self->pause_id = 0;

  return G_SOURCE_REMOVE;
}

static void
begin_pause (LfServiceNews *self)
{
  if (self->pause_id == 0)
    self->pause_id = g_timeout_add (LF_SERVICE_NEWS_PAUSE_MS, on_pause_over, self);
}

/* ---- what changes ---- */

static void
on_status_changed (LfServiceNews *self, LfContact *contact, LfDisplayStatus before, LfDisplayStatus after, gboolean is_snapshot)
{
  const char *user = lf_contact_get_user (contact);

  if (!g_hash_table_contains (self->changed, user))
    g_hash_table_insert (self->changed, g_strdup (user), GUINT_TO_POINTER (before));
  begin_pause (self);
}

static void
follow_own (LfServiceNews *self)
{
  LfContact *own = lf_client_get_own (self->client);

  if (self->own == own)
    return;

  if (self->own != NULL)
    g_signal_handlers_disconnect_by_data (self->own, self);
  g_set_object (&self->own, own);
  if (own != NULL)
    g_signal_connect_object (own, "notify::display-status", G_CALLBACK (begin_pause), self, G_CONNECT_SWAPPED);
}

static void
on_me_changed (LfServiceNews *self)
{
  follow_own (self);
  begin_pause (self);
}

static void
on_state_changed (LfServiceNews *self)
{
  GVariantBuilder changed;
  LfClientState   state = lf_client_get_state (self->client);

  follow_own (self);
  if (state == LF_CLIENT_SIGNED_OUT) /* nobody is told of people who are not shown any more */
    g_hash_table_remove_all (self->changed);
  g_variant_builder_init (&changed, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&changed, "{sv}", "State", g_variant_new_string (lf_person_facts_name_state (state)));
  emit (self, "org.freedesktop.DBus.Properties", "PropertiesChanged",
        g_variant_new ("(sa{sv}as)", LF_SERVICE_INTERFACE, &changed, NULL));
}

static void
lf_service_news_dispose (GObject *object)
{
  LfServiceNews *self = LF_SERVICE_NEWS (object);

  g_clear_handle_id (&self->pause_id, g_source_remove);
  if (self->own != NULL)
    g_signal_handlers_disconnect_by_data (self->own, self);
  g_clear_object (&self->own);
  g_clear_object (&self->client);
  g_clear_object (&self->bus);
  G_OBJECT_CLASS (lf_service_news_parent_class)->dispose (object);
}

static void
lf_service_news_finalize (GObject *object)
{
  LfServiceNews *self = LF_SERVICE_NEWS (object);

  g_hash_table_unref (self->changed);
  g_clear_pointer (&self->told, g_variant_unref);
  g_free (self->path);
  G_OBJECT_CLASS (lf_service_news_parent_class)->finalize (object);
}

static void
lf_service_news_class_init (LfServiceNewsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lf_service_news_dispose;
  G_OBJECT_CLASS (klass)->finalize = lf_service_news_finalize;
}

static void
lf_service_news_init (LfServiceNews *self)
{
  self->changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * lf_service_news_new:
 * @client: of whom to tell
 * @bus: where to tell it
 * @path: of the object that tells
 *
 * Returns: (transfer full): to be kept as long as it shall tell
 */
LfServiceNews *
lf_service_news_new (LfClient *client, GDBusConnection *bus, const char *path)
{
  LfServiceNews *self;

  g_return_val_if_fail (LF_IS_CLIENT (client) && G_IS_DBUS_CONNECTION (bus) && path != NULL, NULL);

  self = g_object_new (LF_TYPE_SERVICE_NEWS, NULL);
  self->client = g_object_ref (client);
  self->bus = g_object_ref (bus);
  self->path = g_strdup (path);
  g_signal_connect_object (client, "me-changed", G_CALLBACK (on_me_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (on_state_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (lf_client_get_roster (client), "status-changed", G_CALLBACK (on_status_changed), self, G_CONNECT_SWAPPED);
  follow_own (self);
  self->told = make_own_key (self);

  return self;
}
