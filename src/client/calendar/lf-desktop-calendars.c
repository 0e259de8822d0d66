/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include <string.h>

#include "lf-desktop-calendars.h"
#include "lf-desktop-publisher.h"
#include "lf-desktop-source.h"
#include "lf-desktop-view.h"
#include "lf-error.h"

#define KEY_CHOICES "calendar-choices" /* a{sb}: uid → whether the user wants it; without one, own ones count */
#define KEY_TOLD    "calendars-told"   /* as: "user source": what the server has, or may have */
#define MAX_TOLD    256

/* One calendar, and what reads it. */
typedef struct
{
  LfDesktopCalendars *list;         /* borrowed: it owns this */
  LfDesktopCalendar  *calendar;     /* owned */
  ESource            *source;       /* owned */
  LfDesktopView      *view;         /* owned, nullable: it does not count */
  char               *id;           /* owned: its name on the server */
  gboolean            is_read_only; /* which shows when it is opened */
  LfDesktopTrouble    reading_trouble;
  LfDesktopTrouble    telling_trouble;
} Entry;

struct _LfDesktopCalendars
{
  GObject parent_instance;

  GSettings          *settings;  /* owned */
  LfClock            *clock;     /* owned */
  LfSession          *session;   /* owned, nullable */
  LfDesktopPublisher *publisher; /* owned */
  ESourceRegistry    *registry;  /* owned, nullable */
  GListStore         *list;      /* owned; of LfDesktopCalendar */
  GHashTable         *entries;   /* owned; uid → Entry */
  GCancellable       *lifetime;  /* owned */
  char               *mail;      /* owned, nullable */
  char               *machine;   /* owned */
  LfDesktopState      state;
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LfDesktopCalendars, lf_desktop_calendars, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

enum
{
  PROP_0,
  PROP_STATE,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void update_entry (Entry *entry);

static void
set_state (LfDesktopCalendars *self, LfDesktopState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

/* ---- what the server was told: kept, so that it can be taken back after a restart ---- */

static char *
make_told (LfDesktopCalendars *self, const char *id)
{
  return g_strdup_printf ("%s %s", lf_session_get_user (self->session), id);
}

static void
note_told (LfDesktopCalendars *self, const char *id, gboolean is_told)
{
  g_auto (GStrv)        old = g_settings_get_strv (self->settings, KEY_TOLD);
  g_autoptr (GPtrArray) told = g_ptr_array_new ();
  g_autofree char      *entry = make_told (self, id);

  if (g_strv_contains ((const char *const *) old, entry) == is_told)
    return;
  for (guint i = 0; old[i] != NULL && told->len < MAX_TOLD; i++)
    if (!g_str_equal (old[i], entry))
      g_ptr_array_add (told, old[i]);
  if (is_told)
    g_ptr_array_add (told, entry);
  g_ptr_array_add (told, NULL);
  g_settings_set_strv (self->settings, KEY_TOLD, (const char *const *) told->pdata);
}

static Entry *
find_by_id (LfDesktopCalendars *self, const char *id)
{
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (g_str_equal (((Entry *) value)->id, id))
      return value;

  return NULL;
}

/* What this user's server has of calendars that no longer count is taken back. */
static void
retract_rest (LfDesktopCalendars *self)
{
  g_auto (GStrv)   told = NULL;
  g_autofree char *prefix = NULL;

  if (self->session == NULL || self->state != LF_DESKTOP_STATE_READY)
    return;
  told = g_settings_get_strv (self->settings, KEY_TOLD);
  prefix = make_told (self, "");
  for (guint i = 0; told[i] != NULL; i++)
    if (g_str_has_prefix (told[i], prefix))
      {
        const char *id = told[i] + strlen (prefix);
        Entry      *entry = find_by_id (self, id);

        if (entry == NULL || !lf_desktop_calendar_get_is_ticked (entry->calendar))
          lf_desktop_publisher_retract (self->publisher, id);
      }
}

static void
on_telling (LfDesktopPublisher *publisher, const char *id, LfDesktopCalendars *self)
{
  note_told (self, id, TRUE);
}

static void
on_retracted (LfDesktopPublisher *publisher, const char *id, LfDesktopCalendars *self)
{
  note_told (self, id, FALSE);
}

static void
show_trouble (Entry *entry)
{
  lf_desktop_calendar_set_trouble (entry->calendar, entry->reading_trouble != LF_DESKTOP_TROUBLE_NONE ? entry->reading_trouble
                                                                                                      : entry->telling_trouble);
}

static void
on_answered (LfDesktopPublisher *publisher, const char *id, const GError *error, LfDesktopCalendars *self)
{
  Entry *entry = find_by_id (self, id);

  if (entry == NULL)
    return;
  entry->telling_trouble = error == NULL                                          ? LF_DESKTOP_TROUBLE_NONE
                           : g_error_matches (error, LF_ERROR, LF_ERROR_CONFLICT) ? LF_DESKTOP_TROUBLE_TOO_MANY
                                                                                  : LF_DESKTOP_TROUBLE_SERVER;
  show_trouble (entry);
}

/* ---- one calendar ---- */

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  if (entry->view != NULL)
    {
      g_signal_handlers_disconnect_by_data (entry->view, entry);
      lf_desktop_view_stop (entry->view);
    }
  g_clear_object (&entry->view);
  g_object_unref (entry->calendar);
  g_object_unref (entry->source);
  g_free (entry->id);
  g_free (entry);
}

static void
on_opened (LfDesktopView *view, gboolean is_writable, Entry *entry)
{
  entry->is_read_only = !is_writable;
  update_entry (entry);
}

static void
on_read (LfDesktopView *view, LfIcalResult *result, gint64 read_at_us, Entry *entry)
{
  lf_desktop_publisher_offer (entry->list->publisher, entry->id, result->periods, result->known_from_us, result->known_until_us, read_at_us);
}

static void
on_trouble (LfDesktopView *view, guint trouble, Entry *entry)
{
  entry->reading_trouble = (LfDesktopTrouble) trouble;
  show_trouble (entry);
}

static void
begin_view (Entry *entry)
{
  LfDesktopCalendars   *self = entry->list;
  g_auto (GStrv)        known = lf_desktop_source_list_own_addresses (self->registry);
  g_autoptr (GPtrArray) addresses = g_ptr_array_new ();

  for (guint i = 0; known[i] != NULL; i++)
    g_ptr_array_add (addresses, known[i]);
  if (self->mail != NULL)
    g_ptr_array_add (addresses, self->mail);
  g_ptr_array_add (addresses, NULL);
  entry->view = lf_desktop_view_new (entry->source, (const char *const *) addresses->pdata, self->clock);
  g_signal_connect (entry->view, "opened", G_CALLBACK (on_opened), entry);
  g_signal_connect (entry->view, "read", G_CALLBACK (on_read), entry);
  g_signal_connect (entry->view, "trouble", G_CALLBACK (on_trouble), entry);
  lf_desktop_view_start (entry->view);
}

static void
end_view (Entry *entry)
{
  g_signal_handlers_disconnect_by_data (entry->view, entry);
  lf_desktop_view_stop (entry->view);
  g_clear_object (&entry->view);
  entry->reading_trouble = LF_DESKTOP_TROUBLE_NONE;
  entry->telling_trouble = LF_DESKTOP_TROUBLE_NONE;
  show_trouble (entry);
}

static void
keep_choice (LfDesktopCalendars *self, const char *uid, gboolean is_ticked)
{
  g_autoptr (GVariant) before = g_settings_get_value (self->settings, KEY_CHOICES);
  GVariantBuilder      builder;
  GVariantIter         iter;
  const char          *other;
  gboolean             choice;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sb}"));
  g_variant_iter_init (&iter, before);
  while (g_variant_iter_next (&iter, "{&sb}", &other, &choice))
    if (!g_str_equal (other, uid))
      g_variant_builder_add (&builder, "{sb}", other, choice);
  g_variant_builder_add (&builder, "{sb}", uid, is_ticked);
  g_settings_set_value (self->settings, KEY_CHOICES, g_variant_builder_end (&builder));
}

/* Brings a calendar to what its description, the user and the session say. */
static void
update_entry (Entry *entry)
{
  LfDesktopCalendars  *self = entry->list;
  g_autoptr (GVariant) choices = g_settings_get_value (self->settings, KEY_CHOICES);
  g_autoptr (ESource)  account = NULL;
  g_autofree char     *colour = NULL;
  const char          *parent = e_source_get_parent (entry->source);
  gboolean             is_own, is_ticked;

  if (parent != NULL)
    account = e_source_registry_ref_source (self->registry, parent);
  if (e_source_has_extension (entry->source, E_SOURCE_EXTENSION_CALENDAR))
    colour = e_source_selectable_dup_color (e_source_get_extension (entry->source, E_SOURCE_EXTENSION_CALENDAR));
  lf_desktop_calendar_set_words (entry->calendar, e_source_get_display_name (entry->source),
                                 account != NULL ? e_source_get_display_name (account) : NULL, colour);

  is_own = !entry->is_read_only && lf_desktop_source_is_own (entry->source, account);
  if (!g_variant_lookup (choices, e_source_get_uid (entry->source), "b", &is_ticked))
    is_ticked = is_own;
  lf_desktop_calendar_set_state (entry->calendar, is_own, is_ticked);
  if (is_ticked && self->session != NULL && entry->view == NULL)
    begin_view (entry);
  else if ((!is_ticked || self->session == NULL) && entry->view != NULL)
    end_view (entry);
}

static void
update_all (LfDesktopCalendars *self)
{
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    update_entry (value);
  retract_rest (self);
}

/* ---- the desktop's list ---- */

static void
remove_source (LfDesktopCalendars *self, const char *uid)
{
  Entry *entry = g_hash_table_lookup (self->entries, uid);
  guint  position;

  if (entry == NULL)
    return;
  if (g_list_store_find (self->list, entry->calendar, &position))
    g_list_store_remove (self->list, position);
  g_hash_table_remove (self->entries, uid);
}

static void
on_source_changed (ESourceRegistry *registry, ESource *source, LfDesktopCalendars *self)
{
  const char *uid = e_source_get_uid (source);
  Entry      *entry = g_hash_table_lookup (self->entries, uid);
  gboolean    is_there = e_source_has_extension (source, E_SOURCE_EXTENSION_CALENDAR) && e_source_registry_check_enabled (registry, source);

  if (entry != NULL && !is_there)
    {
      remove_source (self, uid);
      retract_rest (self);
    }
  else if (entry != NULL)
    update_entry (entry);
  else if (is_there)
    {
      entry = g_new0 (Entry, 1);
      entry->list = self;
      entry->calendar = lf_desktop_calendar_new (uid);
      entry->source = g_object_ref (source);
      entry->id = lf_desktop_source_make_id (self->machine, uid);
      g_hash_table_insert (self->entries, g_strdup (uid), entry);
      update_entry (entry);
      g_list_store_insert_sorted (self->list, entry->calendar, lf_desktop_calendar_compare, NULL);
    }
}

static void
on_source_removed (ESourceRegistry *registry, ESource *source, LfDesktopCalendars *self)
{
  remove_source (self, e_source_get_uid (source));
  retract_rest (self);
}

static void
on_registry (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfDesktopCalendars) self = user_data;
  g_autoptr (GError)             error = NULL;
  ESourceRegistry               *registry = e_source_registry_new_finish (result, &error);
  g_autolist (ESource) sources = NULL;

  if (g_cancellable_is_cancelled (self->lifetime))
    {
      g_clear_object (&registry);
      return;
    }
  if (registry == NULL)
    {
      g_message ("The desktop tells of no calendars: %s", error->message);
      set_state (self, LF_DESKTOP_STATE_ABSENT);
      return;
    }
  self->registry = registry;
  g_signal_connect_object (registry, "source-added", G_CALLBACK (on_source_changed), self, 0);
  g_signal_connect_object (registry, "source-changed", G_CALLBACK (on_source_changed), self, 0);
  g_signal_connect_object (registry, "source-enabled", G_CALLBACK (on_source_changed), self, 0);
  g_signal_connect_object (registry, "source-disabled", G_CALLBACK (on_source_changed), self, 0);
  g_signal_connect_object (registry, "source-removed", G_CALLBACK (on_source_removed), self, 0);
  sources = e_source_registry_list_enabled (registry, E_SOURCE_EXTENSION_CALENDAR);
  for (GList *l = sources; l != NULL; l = l->next)
    on_source_changed (registry, l->data, self);
  set_state (self, LF_DESKTOP_STATE_READY);
  retract_rest (self);
}

/* ---- GListModel, GObject ---- */

static GType
lf_desktop_calendars_get_item_type (GListModel *model)
{
  return LF_TYPE_DESKTOP_CALENDAR;
}

static guint
lf_desktop_calendars_get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (LF_DESKTOP_CALENDARS (model)->list));
}

static gpointer
lf_desktop_calendars_get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (LF_DESKTOP_CALENDARS (model)->list), position);
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = lf_desktop_calendars_get_item_type;
  iface->get_n_items = lf_desktop_calendars_get_n_items;
  iface->get_item = lf_desktop_calendars_get_item;
}

static void
lf_desktop_calendars_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_STATE)
    g_value_set_uint (value, LF_DESKTOP_CALENDARS (object)->state);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
lf_desktop_calendars_dispose (GObject *object)
{
  LfDesktopCalendars *self = LF_DESKTOP_CALENDARS (object);

  g_cancellable_cancel (self->lifetime);
  g_hash_table_remove_all (self->entries);
  lf_desktop_publisher_set_session (self->publisher, NULL);
  g_clear_object (&self->session);
  g_clear_object (&self->registry);
  G_OBJECT_CLASS (lf_desktop_calendars_parent_class)->dispose (object);
}

static void
lf_desktop_calendars_finalize (GObject *object)
{
  LfDesktopCalendars *self = LF_DESKTOP_CALENDARS (object);

  g_object_unref (self->settings);
  g_object_unref (self->clock);
  g_object_unref (self->publisher);
  g_object_unref (self->list);
  g_object_unref (self->lifetime);
  g_hash_table_unref (self->entries);
  g_free (self->mail);
  g_free (self->machine);
  G_OBJECT_CLASS (lf_desktop_calendars_parent_class)->finalize (object);
}

static void
lf_desktop_calendars_class_init (LfDesktopCalendarsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = lf_desktop_calendars_get_property;
  object_class->dispose = lf_desktop_calendars_dispose;
  object_class->finalize = lf_desktop_calendars_finalize;

  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, LF_N_DESKTOP_STATES - 1, LF_DESKTOP_STATE_SIGNED_OUT,
                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
lf_desktop_calendars_init (LfDesktopCalendars *self)
{
  self->state = LF_DESKTOP_STATE_SIGNED_OUT;
  self->list = g_list_store_new (LF_TYPE_DESKTOP_CALENDAR);
  g_signal_connect_object (self->list, "items-changed", G_CALLBACK (g_list_model_items_changed), self, G_CONNECT_SWAPPED);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_entry);
  self->lifetime = g_cancellable_new ();
  self->machine = lf_desktop_source_dup_machine ();
  self->publisher = lf_desktop_publisher_new ();
  g_signal_connect_object (self->publisher, "telling", G_CALLBACK (on_telling), self, 0);
  g_signal_connect_object (self->publisher, "retracted", G_CALLBACK (on_retracted), self, 0);
  g_signal_connect_object (self->publisher, "answered", G_CALLBACK (on_answered), self, 0);
}

/**
 * lf_desktop_calendars_new:
 * @settings: where ticks are kept
 * @clock: what tells the time
 *
 * Returns: (transfer full): an empty list; the desktop is not asked yet
 */
LfDesktopCalendars *
lf_desktop_calendars_new (GSettings *settings, LfClock *clock)
{
  LfDesktopCalendars *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings) && LF_IS_CLOCK (clock), NULL);

  self = g_object_new (LF_TYPE_DESKTOP_CALENDARS, NULL);
  self->settings = g_object_ref (settings);
  self->clock = g_object_ref (clock);
  return self;
}

/**
 * lf_desktop_calendars_get_state:
 * @self: the list
 *
 * Returns: whether it is what the desktop has
 */
LfDesktopState
lf_desktop_calendars_get_state (LfDesktopCalendars *self)
{
  g_return_val_if_fail (LF_IS_DESKTOP_CALENDARS (self), LF_DESKTOP_STATE_UNSUPPORTED);

  return self->state;
}

/**
 * lf_desktop_calendars_set_session:
 * @self: the list
 * @session: (nullable): a session that is signed in
 * @mail: (nullable): mail address of its user
 *
 * Publishes for this session from now on. Without one nothing is read.
 */
void
lf_desktop_calendars_set_session (LfDesktopCalendars *self, LfSession *session, const char *mail)
{
  g_return_if_fail (LF_IS_DESKTOP_CALENDARS (self));

  if (self->session == session)
    return;
  g_set_object (&self->session, session);
  g_free (self->mail);
  self->mail = g_strdup (mail);
  lf_desktop_publisher_set_session (self->publisher, session);
  if (self->registry != NULL)
    update_all (self);
  else if (session != NULL && self->state != LF_DESKTOP_STATE_LOADING)
    {
      set_state (self, LF_DESKTOP_STATE_LOADING);
      e_source_registry_new (self->lifetime, on_registry, g_object_ref (self));
    }
}

/**
 * lf_desktop_calendars_set_ticked:
 * @self: the list
 * @calendar: one of it
 * @is_ticked: whether it is to count
 *
 * The user's choice. What the server was told of a calendar that does not count any more is taken back.
 */
void
lf_desktop_calendars_set_ticked (LfDesktopCalendars *self, LfDesktopCalendar *calendar, gboolean is_ticked)
{
  Entry *entry;

  g_return_if_fail (LF_IS_DESKTOP_CALENDARS (self) && LF_IS_DESKTOP_CALENDAR (calendar));

  if (lf_desktop_calendar_get_is_ticked (calendar) == is_ticked)
    return;
  keep_choice (self, lf_desktop_calendar_get_uid (calendar), is_ticked);
  entry = g_hash_table_lookup (self->entries, lf_desktop_calendar_get_uid (calendar));
  if (entry == NULL)
    return;
  update_entry (entry);
  retract_rest (self);
}

/**
 * lf_desktop_calendars_dup_join_link:
 * @self: the list
 * @now_us: wall-clock instant
 *
 * Looks in the calendars that count for a meeting that goes on or starts within five minutes.
 *
 * Returns: (transfer full) (nullable): an https address where it can be joined
 */
char *
lf_desktop_calendars_dup_join_link (LfDesktopCalendars *self, gint64 now_us)
{
  GHashTableIter iter;
  gpointer       value;
  const char    *best = NULL;
  gint64         best_start_us = G_MININT64;

  g_return_val_if_fail (LF_IS_DESKTOP_CALENDARS (self), NULL);

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry      *entry = value;
      gint64      start_us;
      const char *link = entry->view != NULL ? lf_desktop_view_find_link (entry->view, now_us, &start_us) : NULL;

      if (link != NULL && start_us > best_start_us)
        {
          best = link;
          best_start_us = start_us;
        }
    }

  return g_strdup (best);
}
