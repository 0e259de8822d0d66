/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-desktop-publisher.h"
#include "lf-error.h"
#include "lf-instant.h"
#include "lf-timer.h"
#include "lf-wire.h"

#define REFRESH_US (6 * LF_MINUTE) /* views say the same again every seven minutes; readers call 15 min old */

/* One source: what there is to tell, and what was told last. */
typedef struct
{
  char       *source;  /* owned */
  LfBusyList *periods; /* owned, nullable: to be taken back */
  gint64      known_from_us;
  gint64      known_until_us;
  gint64      read_at_us;

  LfBusyList *told_periods; /* owned, nullable: nothing was told yet */
  gint64      told_from_us;
  gint64      told_until_us;
  gint64      told_read_at_us;

  gboolean is_refused; /* as it is; only something new is told */
} Entry;

struct _LfDesktopPublisher
{
  GObject parent_instance;

  LfSession    *session;     /* owned, nullable: signed out */
  GHashTable   *entries;     /* owned; source → Entry */
  Entry        *sending;     /* borrowed from entries, nullable */
  GCancellable *cancellable; /* owned; another for each session */
  GSource      *back_off;    /* owned, nullable */
  guint         n_failures;
};

G_DEFINE_FINAL_TYPE (LfDesktopPublisher, lf_desktop_publisher, G_TYPE_OBJECT)

enum
{
  SIGNAL_TELLING,
  SIGNAL_RETRACTED,
  SIGNAL_ANSWERED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void send_next (LfDesktopPublisher *self);

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  g_free (entry->source);
  g_clear_pointer (&entry->periods, lf_busy_list_unref);
  g_clear_pointer (&entry->told_periods, lf_busy_list_unref);
  g_free (entry);
}

static gboolean
is_changed (const Entry *entry)
{
  return entry->told_periods == NULL || entry->known_from_us != entry->told_from_us ||
         entry->known_until_us != entry->told_until_us || !lf_busy_list_equal (entry->periods, entry->told_periods);
}

/* Whether the server would learn anything. */
static gboolean
is_worth_telling (const Entry *entry)
{
  if (entry->periods == NULL)
    return TRUE;
  if (is_changed (entry))
    return TRUE;

  return !entry->is_refused && (entry->read_at_us - entry->told_read_at_us >= REFRESH_US || entry->read_at_us < entry->told_read_at_us);
}

static void
note_told (Entry *entry)
{
  g_clear_pointer (&entry->told_periods, lf_busy_list_unref);
  entry->told_periods = entry->periods != NULL ? lf_busy_list_ref (entry->periods) : NULL;
  entry->told_from_us = entry->known_from_us;
  entry->told_until_us = entry->known_until_us;
  entry->told_read_at_us = entry->read_at_us;
}

static gboolean
on_back_off_over (gpointer user_data)
{
  LfDesktopPublisher *self = user_data;

  lf_timer_clear (&self->back_off);
  send_next (self);
  return G_SOURCE_REMOVE;
}

/* No waiting mends it. */
static gboolean
is_refusal (const GError *error)
{
  return g_error_matches (error, LF_ERROR, LF_ERROR_BAD_REQUEST) || g_error_matches (error, LF_ERROR, LF_ERROR_TOO_LARGE) ||
         g_error_matches (error, LF_ERROR, LF_ERROR_CONFLICT) || g_error_matches (error, LF_ERROR, LF_ERROR_FORBIDDEN) ||
         g_error_matches (error, LF_ERROR, LF_ERROR_NOT_FOUND);
}

/* There is room on the server: what was one too many is told again. */
static void
forget_refusals (LfDesktopPublisher *self)
{
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry *entry = value;

      if (entry->is_refused)
        g_clear_pointer (&entry->told_periods, lf_busy_list_unref);
      entry->is_refused = FALSE;
    }
}

/* The server has it, or will not have it. */
static void
take_answer (LfDesktopPublisher *self, Entry *entry, gboolean was_report, const GError *error)
{
  g_autofree char *source = g_strdup (entry->source);

  self->n_failures = 0;
  if (error != NULL)
    g_message ("The server refused a calendar of the desktop: %s", error->message);
  if (was_report)
    {
      entry->is_refused = error != NULL;
      g_signal_emit (self, signals[SIGNAL_ANSWERED], 0, source, error);
      return;
    }
  if (entry->periods == NULL)
    g_hash_table_remove (self->entries, source);
  forget_refusals (self);
  g_signal_emit (self, signals[SIGNAL_RETRACTED], 0, source);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfDesktopPublisher) self = user_data;
  g_autoptr (GError)             error = NULL;
  guint                          retry_after_s = 0;
  Entry                         *entry;
  gboolean                       was_report;

  lf_session_call_finish (LF_SESSION (source), result, NULL, &retry_after_s, &error);
  if (LF_SESSION (source) != self->session) /* signed out meanwhile */
    return;
  entry = g_steal_pointer (&self->sending);
  was_report = entry->told_periods != NULL;
  if (error == NULL || is_refusal (error))
    take_answer (self, entry, was_report, error);
  else
    {
      if (self->n_failures == 0)
        g_message ("The calendars of the desktop cannot be published, which is tried again: %s", error->message);
      g_clear_pointer (&entry->told_periods, lf_busy_list_unref);
      lf_timer_start_back_off (&self->back_off, &self->n_failures, retry_after_s, on_back_off_over, self);
    }
  send_next (self);
}

static void
send_entry (LfDesktopPublisher *self, Entry *entry)
{
  LfWireBusyReport      report = { entry->read_at_us, entry->known_from_us, entry->known_until_us, NULL };
  g_autoptr (GPtrArray) periods = g_ptr_array_new ();
  g_autofree char      *path = NULL;
  const LfBusyPeriod   *list;
  gsize                 n_periods;

  self->sending = entry;
  if (entry->periods == NULL)
    {
      path = g_strdup_printf ("/me/calendars/%s", entry->source);
      note_told (entry);
      lf_session_call_async (self->session, "DELETE", path, NULL, NULL, NULL, NULL, self->cancellable, on_answered, g_object_ref (self));
      return;
    }
  list = lf_busy_list_get (entry->periods, &n_periods);
  for (gsize i = 0; i < n_periods; i++)
    g_ptr_array_add (periods, (gpointer) &list[i]);
  report.periods = periods;
  path = g_strdup_printf ("/me/calendars/%s/busy", entry->source);
  if (entry->told_periods == NULL)
    g_signal_emit (self, signals[SIGNAL_TELLING], 0, entry->source);
  note_told (entry);
  lf_session_call_async (self->session, "PUT", path, NULL, &lf_schema_busy_report, &report, NULL, self->cancellable, on_answered, g_object_ref (self));
}

/* What is taken back goes first: the server takes only so many. */
static void
send_next (LfDesktopPublisher *self)
{
  GHashTableIter iter;
  gpointer       value;
  Entry         *next = NULL;

  if (self->session == NULL || self->sending != NULL || self->back_off != NULL)
    return;
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry *entry = value;

      if (is_worth_telling (entry) && (next == NULL || (next->periods != NULL && entry->periods == NULL)))
        next = entry;
    }
  if (next != NULL)
    send_entry (self, next);
}

static Entry *
ensure_entry (LfDesktopPublisher *self, const char *source)
{
  Entry *entry = g_hash_table_lookup (self->entries, source);

  if (entry != NULL)
    return entry;
  entry = g_new0 (Entry, 1);
  entry->source = g_strdup (source);
  g_hash_table_insert (self->entries, entry->source, entry);
  return entry;
}

static void
lf_desktop_publisher_dispose (GObject *object)
{
  lf_desktop_publisher_set_session (LF_DESKTOP_PUBLISHER (object), NULL);
  G_OBJECT_CLASS (lf_desktop_publisher_parent_class)->dispose (object);
}

static void
lf_desktop_publisher_finalize (GObject *object)
{
  LfDesktopPublisher *self = LF_DESKTOP_PUBLISHER (object);

  g_hash_table_unref (self->entries);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (lf_desktop_publisher_parent_class)->finalize (object);
}

static void
lf_desktop_publisher_class_init (LfDesktopPublisherClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_desktop_publisher_dispose;
  object_class->finalize = lf_desktop_publisher_finalize;

  signals[SIGNAL_TELLING] = g_signal_new ("telling", LF_TYPE_DESKTOP_PUBLISHER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_RETRACTED] = g_signal_new ("retracted", LF_TYPE_DESKTOP_PUBLISHER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_ANSWERED] = g_signal_new ("answered", LF_TYPE_DESKTOP_PUBLISHER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
}

static void
lf_desktop_publisher_init (LfDesktopPublisher *self)
{
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_entry);
  self->cancellable = g_cancellable_new ();
}

/**
 * lf_desktop_publisher_new:
 *
 * Returns: (transfer full): a publisher without a session
 */
LfDesktopPublisher *
lf_desktop_publisher_new (void)
{
  return g_object_new (LF_TYPE_DESKTOP_PUBLISHER, NULL);
}

/**
 * lf_desktop_publisher_set_session:
 * @self: a publisher
 * @session: (nullable): whose calendars they are now; %NULL for nobody's
 *
 * Begins for this session as if nothing had been told; nothing more is told to the one before. What was to be taken
 * back there is let go.
 */
void
lf_desktop_publisher_set_session (LfDesktopPublisher *self, LfSession *session)
{
  GHashTableIter iter;
  gpointer       value;

  g_return_if_fail (LF_IS_DESKTOP_PUBLISHER (self));

  if (self->session == session)
    return;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  lf_timer_clear (&self->back_off);
  self->sending = NULL;
  self->n_failures = 0;
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry *entry = value;

      g_clear_pointer (&entry->told_periods, lf_busy_list_unref);
      entry->is_refused = FALSE;
      if (entry->periods == NULL)
        g_hash_table_iter_remove (&iter);
    }
  g_set_object (&self->session, session);
  send_next (self);
}

/**
 * lf_desktop_publisher_offer:
 * @self: a publisher
 * @source: which calendar: a name of letters, digits, ".", "_", "~" and "-"
 * @periods: what it says
 * @known_from_us: from here on it was read
 * @known_until_us: up to here
 * @read_at_us: when
 *
 * Tells the server, now or when somebody is signed in, if it is news.
 */
void
lf_desktop_publisher_offer (LfDesktopPublisher *self, const char *source, LfBusyList *periods, gint64 known_from_us, gint64 known_until_us, gint64 read_at_us)
{
  Entry *entry;

  g_return_if_fail (LF_IS_DESKTOP_PUBLISHER (self) && source != NULL && periods != NULL);

  entry = ensure_entry (self, source);
  g_clear_pointer (&entry->periods, lf_busy_list_unref);
  entry->periods = lf_busy_list_ref (periods);
  entry->known_from_us = known_from_us;
  entry->known_until_us = known_until_us;
  entry->read_at_us = read_at_us;
  send_next (self);
}

/**
 * lf_desktop_publisher_retract:
 * @self: a publisher
 * @source: a calendar that no longer counts
 *
 * Takes back what the server was told of it, now or at the latest before the session ends.
 */
void
lf_desktop_publisher_retract (LfDesktopPublisher *self, const char *source)
{
  Entry *entry;

  g_return_if_fail (LF_IS_DESKTOP_PUBLISHER (self) && source != NULL);

  entry = ensure_entry (self, source);
  g_clear_pointer (&entry->periods, lf_busy_list_unref);
  send_next (self);
}
