/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-call-log.h"
#include "lf-error.h"

struct _LfCallLog
{
  GObject parent_instance;

  LfRoster     *roster;   /* owned */
  LfRoster     *others;   /* owned: people who are no contacts; their presence is read with the lists */
  LfSession    *session;  /* owned, nullable */
  GCancellable *lifetime; /* owned; pulled when the session goes */
  GPtrArray    *records;  /* owned: of LfWireCallRecord, the latest first */
  GListStore   *entries;  /* owned: of LfCallEntry */
  char         *next;     /* owned, nullable: there is no page behind */
  gint64        seen_us;
  int           kind;
  guint         n_missed;
  gboolean      is_read;
  gboolean      is_reading;
};

G_DEFINE_FINAL_TYPE (LfCallLog, lf_call_log, G_TYPE_OBJECT)

enum
{
  PROP_N_MISSED = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
free_record (gpointer data)
{
  lf_codec_free (&lf_schema_call_record, data);
}

static const char *
get_key (const LfWireCallRecord *record)
{
  if (record->user != NULL)
    return record->user;
  return record->address != NULL ? record->address : "";
}

static LfContact *
find_contact (LfCallLog *self, const LfWireCallRecord *record)
{
  LfContact *contact = record->user != NULL ? lf_roster_lookup (self->roster, record->user) : NULL;

  return contact != NULL || record->user == NULL ? contact : lf_roster_lookup (self->others, record->user);
}

static void
count_missed (LfCallLog *self)
{
  guint n_missed = 0;

  for (guint i = 0; i < self->records->len; i++)
    {
      const LfWireCallRecord *record = self->records->pdata[i];

      n_missed += record->kind == LF_CALL_MISSED && record->started_at_us > self->seen_us;
    }
  if (n_missed == self->n_missed)
    return;
  self->n_missed = n_missed;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_MISSED]);
}

static gboolean
is_same_entry (LfCallEntry *a, LfCallEntry *b)
{
  const LfWireCallRecord *first = lf_call_entry_get_latest (a);
  const LfWireCallRecord *second = lf_call_entry_get_latest (b);

  return g_str_equal (first->id, second->id) && first->kind == second->kind && first->is_provisional == second->is_provisional &&
         lf_call_entry_get_contact (a) == lf_call_entry_get_contact (b) && lf_call_entry_get_n_calls (a) == lf_call_entry_get_n_calls (b);
}

/* Puts @made in place of what there is, touching only what is another. */
static void
replace_entries (LfCallLog *self, GPtrArray *made)
{
  guint n_old = g_list_model_get_n_items (G_LIST_MODEL (self->entries));
  guint n_same = 0;
  guint n_tail = 0;

  while (n_same < n_old && n_same < made->len)
    {
      g_autoptr (LfCallEntry) old = g_list_model_get_item (G_LIST_MODEL (self->entries), n_same);

      if (!is_same_entry (old, made->pdata[n_same]))
        break;
      n_same++;
    }
  while (n_tail < n_old - n_same && n_tail < made->len - n_same)
    {
      g_autoptr (LfCallEntry) old = g_list_model_get_item (G_LIST_MODEL (self->entries), n_old - 1 - n_tail);

      if (!is_same_entry (old, made->pdata[made->len - 1 - n_tail]))
        break;
      n_tail++;
    }
  if (n_old - n_same - n_tail > 0 || made->len - n_same - n_tail > 0)
    g_list_store_splice (self->entries, n_same, n_old - n_same - n_tail, made->pdata + n_same, made->len - n_same - n_tail);
}

/* One entry for each person or number, in the place of the latest call with it. */
static void
rebuild (LfCallLog *self)
{
  g_autoptr (GPtrArray)  made = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->records->len; i++)
    {
      const LfWireCallRecord *record = self->records->pdata[i];
      const char             *key = get_key (record);
      LfCallEntry            *entry = g_hash_table_lookup (known, key);

      if (self->kind != LF_CALL_LOG_ALL && (int) record->kind != self->kind)
        continue;
      if (entry != NULL)
        {
          lf_call_entry_count (entry);
          continue;
        }
      entry = lf_call_entry_new (record, find_contact (self, record));
      g_ptr_array_add (made, entry);
      g_hash_table_insert (known, (gpointer) key, entry);
    }
  replace_entries (self, made);
  count_missed (self);
}

static int
compare_records (gconstpointer a, gconstpointer b)
{
  const LfWireCallRecord *first = *(const LfWireCallRecord *const *) a;
  const LfWireCallRecord *second = *(const LfWireCallRecord *const *) b;

  if (first->started_at_us != second->started_at_us)
    return first->started_at_us > second->started_at_us ? -1 : 1;
  return g_strcmp0 (second->id, first->id);
}

static gboolean
drop_record (LfCallLog *self, const char *id)
{
  for (guint i = 0; i < self->records->len; i++)
    if (g_str_equal (((const LfWireCallRecord *) self->records->pdata[i])->id, id))
      {
        g_ptr_array_remove_index (self->records, i);
        return TRUE;
      }
  return FALSE;
}

static void
put_record (LfCallLog *self, const LfWireCallRecord *record)
{
  drop_record (self, record->id);
  g_ptr_array_add (self->records, lf_codec_copy (&lf_schema_call_record, record));
}

static void
settle (LfCallLog *self)
{
  g_ptr_array_sort (self->records, compare_records);
  if (self->records->len > LF_CALL_LOG_MAX)
    g_ptr_array_set_size (self->records, LF_CALL_LOG_MAX);
  rebuild (self);
}

/* Those who are no contacts: their presence is asked for once. */

static void
on_presence_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfCallLog)          self = user_data;
  g_autoptr (GError)             error = NULL;
  g_autoptr (LfWirePresenceList) list = lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &error);

  if (list == NULL || LF_SESSION (source) != self->session)
    return;
  for (guint i = 0; i < list->items->len; i++)
    {
      const LfWirePresence  *wire = list->items->pdata[i];
      g_autoptr (LfPresence) presence = lf_wire_presence_to_value (wire);

      lf_roster_apply_presence (self->others, wire->user, presence, TRUE);
    }
}

static void
read_others (LfCallLog *self)
{
  g_autoptr (GString) path = g_string_new ("/presence?users=");
  guint               n_users = 0;

  for (guint i = 0; i < self->records->len && n_users < LF_PAGE_MAX_ITEMS; i++)
    {
      const LfWireCallRecord *record = self->records->pdata[i];
      const char             *addresses[] = { record->address, NULL };
      LfPersonFields          fields = { .user = record->user, .name = record->name, .addresses = addresses };
      g_autofree char        *escaped = NULL;

      if (record->user == NULL || lf_roster_lookup (self->roster, record->user) != NULL || lf_roster_lookup (self->others, record->user) != NULL)
        continue;
      lf_contact_set_person (lf_roster_ensure (self->others, record->user), &fields);
      escaped = lf_rest_escape (record->user);
      g_string_append_printf (path, "%s%s", n_users++ > 0 ? "," : "", escaped);
    }
  if (n_users > 0 && self->session != NULL)
    lf_session_call_async (self->session, "GET", path->str, NULL, NULL, NULL, &lf_schema_presence_list, self->lifetime,
                           on_presence_answered, g_object_ref (self));
}

static void
on_page_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfCallLog)             self = user_data;
  g_autoptr (GError)                error = NULL;
  g_autoptr (LfWireCallRecordsPage) page = lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &error);

  if (LF_SESSION (source) != self->session || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->is_reading = FALSE;
  if (page == NULL)
    {
      g_debug ("the lists of calls stay as they are: %s", error->message);
      return;
    }
  self->is_read = TRUE;
  g_free (self->next);
  self->next = g_strdup (page->next);
  for (guint i = 0; i < page->items->len; i++)
    put_record (self, page->items->pdata[i]);
  read_others (self);
  settle (self);
}

static void
read_page (LfCallLog *self, const char *before)
{
  g_autofree char *escaped = before != NULL ? lf_rest_escape (before) : NULL;
  g_autofree char *path = g_strdup_printf ("/calls/history?limit=%d%s%s", LF_CALL_LOG_PAGE, before != NULL ? "&before=" : "",
                                           before != NULL ? escaped : "");

  if (self->session == NULL || self->is_reading)
    return;
  self->is_reading = TRUE;
  lf_session_call_async (self->session, "GET", path, NULL, NULL, NULL, &lf_schema_call_records_page, self->lifetime,
                         on_page_answered, g_object_ref (self));
}

static void
lf_call_log_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LfCallLog *self = LF_CALL_LOG (object);

  switch (id)
    {
    case PROP_N_MISSED:
      g_value_set_uint (value, self->n_missed);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_call_log_dispose (GObject *object)
{
  LfCallLog *self = LF_CALL_LOG (object);

  g_cancellable_cancel (self->lifetime);
  if (self->roster != NULL)
    g_signal_handlers_disconnect_by_data (self->roster, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (lf_call_log_parent_class)->dispose (object);
}

static void
lf_call_log_finalize (GObject *object)
{
  LfCallLog *self = LF_CALL_LOG (object);

  g_clear_object (&self->roster);
  g_clear_object (&self->others);
  g_object_unref (self->lifetime);
  g_ptr_array_unref (self->records);
  g_object_unref (self->entries);
  g_free (self->next);
  G_OBJECT_CLASS (lf_call_log_parent_class)->finalize (object);
}

static void
lf_call_log_class_init (LfCallLogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = lf_call_log_get_property;
  object_class->dispose = lf_call_log_dispose;
  object_class->finalize = lf_call_log_finalize;
  props[PROP_N_MISSED] = g_param_spec_uint ("n-missed", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
lf_call_log_init (LfCallLog *self)
{
  self->lifetime = g_cancellable_new ();
  self->records = g_ptr_array_new_with_free_func (free_record);
  self->entries = g_list_store_new (LF_TYPE_CALL_ENTRY);
  self->kind = LF_CALL_LOG_ALL;
}

/**
 * lf_call_log_new:
 * @roster: who is known
 * @clock: what time it is
 *
 * Returns: (transfer full): empty lists
 */
LfCallLog *
lf_call_log_new (LfRoster *roster, LfClock *clock)
{
  LfCallLog *self = g_object_new (LF_TYPE_CALL_LOG, NULL);

  self->roster = g_object_ref (roster);
  self->others = lf_roster_new (clock);
  g_signal_connect_swapped (roster, "items-changed", G_CALLBACK (rebuild), self);
  return self;
}

/**
 * lf_call_log_set_session:
 * @self: lists of calls
 * @session: (nullable): of the user; %NULL forgets all
 *
 * Sets whose calls they are.
 */
void
lf_call_log_set_session (LfCallLog *self, LfSession *session)
{
  g_return_if_fail (LF_IS_CALL_LOG (self));

  g_cancellable_cancel (self->lifetime);
  g_object_unref (self->lifetime);
  self->lifetime = g_cancellable_new ();
  self->is_reading = FALSE;
  g_set_object (&self->session, session);
  if (session != NULL)
    return;
  self->is_read = FALSE;
  g_clear_pointer (&self->next, g_free);
  g_ptr_array_set_size (self->records, 0);
  rebuild (self);
  lf_roster_remove_all (self->others);
}

/**
 * lf_call_log_get_entries:
 * @self: lists of calls
 *
 * Returns: (transfer none): #LfCallEntry of the chosen list, the latest first
 */
GListModel *
lf_call_log_get_entries (LfCallLog *self)
{
  g_return_val_if_fail (LF_IS_CALL_LOG (self), NULL);

  return G_LIST_MODEL (self->entries);
}

/**
 * lf_call_log_set_kind:
 * @self: lists of calls
 * @kind: a #LfCallKind, or %LF_CALL_LOG_ALL
 *
 * Chooses the list.
 */
void
lf_call_log_set_kind (LfCallLog *self, int kind)
{
  g_return_if_fail (LF_IS_CALL_LOG (self) && kind >= LF_CALL_LOG_ALL && kind < LF_N_CALL_KINDS);

  if (self->kind == kind)
    return;
  self->kind = kind;
  rebuild (self);
}

/**
 * lf_call_log_get_n_missed:
 * @self: lists of calls
 *
 * Returns: missed calls that nobody has looked at
 */
guint
lf_call_log_get_n_missed (LfCallLog *self)
{
  g_return_val_if_fail (LF_IS_CALL_LOG (self), 0);

  return self->n_missed;
}

/**
 * lf_call_log_set_seen_us:
 * @self: lists of calls
 * @seen_us: wall-clock instant: what was missed up to then has been looked at
 *
 * Sets what counts as missed.
 */
void
lf_call_log_set_seen_us (LfCallLog *self, gint64 seen_us)
{
  g_return_if_fail (LF_IS_CALL_LOG (self));

  self->seen_us = seen_us;
  count_missed (self);
}

/**
 * lf_call_log_is_read:
 * @self: lists of calls
 *
 * Returns: %TRUE if the server has answered: an empty list is one without calls
 */
gboolean
lf_call_log_is_read (LfCallLog *self)
{
  g_return_val_if_fail (LF_IS_CALL_LOG (self), FALSE);

  return self->is_read;
}

/**
 * lf_call_log_refresh:
 * @self: lists of calls
 *
 * Reads the latest calls.
 */
void
lf_call_log_refresh (LfCallLog *self)
{
  g_return_if_fail (LF_IS_CALL_LOG (self));

  read_page (self, NULL);
}

/**
 * lf_call_log_read_more:
 * @self: lists of calls
 *
 * Reads older calls, as far as they are held.
 */
void
lf_call_log_read_more (LfCallLog *self)
{
  g_return_if_fail (LF_IS_CALL_LOG (self));

  if (self->next != NULL && self->records->len < LF_CALL_LOG_MAX)
    read_page (self, self->next);
}

/**
 * lf_call_log_take_record:
 * @self: lists of calls
 * @record: new, or another one under the same id
 *
 * Takes a call that the server tells of.
 */
void
lf_call_log_take_record (LfCallLog *self, const LfWireCallRecord *record)
{
  g_return_if_fail (LF_IS_CALL_LOG (self) && record != NULL);

  put_record (self, record);
  read_others (self);
  settle (self);
}

/**
 * lf_call_log_take_removed:
 * @self: lists of calls
 * @id: of a record that is no more
 *
 * Forgets a call.
 */
void
lf_call_log_take_removed (LfCallLog *self, const char *id)
{
  g_return_if_fail (LF_IS_CALL_LOG (self) && id != NULL);

  if (drop_record (self, id))
    rebuild (self);
}
