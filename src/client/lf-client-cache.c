/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-client-cache.h"
#include "lf-client-chat.h"
#include "lf-timer.h"

#define WRITE_AFTER_MS 2000 /* what changes meanwhile is written together */
#define MAX_DOCUMENTS  1000 /* made in one turn of the main loop */
#define MAX_CHATS_KEPT 500  /* the latest */
#define MAX_WAITING    5000 /* changes that a slow disk has not taken: more messages are not kept */

struct _LfKept
{
  LfCache    *cache;                     /* owned */
  GHashTable *touched[LF_N_CACHE_KINDS]; /* owned; keys of documents to be written */
  GPtrArray  *changes;                   /* owned; of LfCacheChange: the others, in their order */
  GSource    *timer;                     /* owned, nullable: until the next write */
  gboolean    is_writing;
  gboolean    is_showing; /* what changes comes from the cache */
};

/* ---- documents, from what the client shows ---- */

static LfCacheChange *
make_contact (LfClient   *self,
              const char *user)
{
  LfContact    *contact = lf_roster_lookup (self->roster, user);
  LfWirePerson  person = { NULL };
  LfWireContact wire = { .person = &person };

  if (contact == NULL)
    return lf_cache_change_new_document (LF_CACHE_CONTACT, user, NULL);
  person.id = (char *) user;
  person.login = (char *) lf_contact_get_login (contact);
  person.name = (char *) lf_contact_get_name (contact);
  person.title = (char *) lf_contact_get_title (contact);
  person.department = (char *) lf_contact_get_department (contact);
  person.mail = (char *) lf_contact_get_mail (contact);
  person.addresses = (char **) lf_contact_get_addresses (contact);
  person.is_place = lf_contact_get_is_place (contact);
  wire.user = (char *) user;
  wire.group = (char *) lf_contact_get_group (contact);
  wire.is_favourite = lf_contact_get_is_favourite (contact);
  wire.is_watched = lf_contact_get_is_watched (contact);
  wire.speed_dial = lf_contact_get_speed_dial (contact);
  return lf_cache_change_new_document (LF_CACHE_CONTACT, user, &wire);
}

static const LfPresence *
find_presence (LfClient   *self,
               const char *user)
{
  LfContact *contact = lf_roster_lookup (self->roster, user);

  if (contact == NULL)
    contact = lf_roster_lookup (self->own_roster, user);
  return contact != NULL ? lf_contact_get_presence (contact) : NULL;
}

static LfCacheChange *
make_presence (LfClient   *self,
               const char *user)
{
  const LfPresence *presence = find_presence (self, user);
  LfWirePresence    wire = { .user = (char *) user };

  if (presence == NULL)
    return lf_cache_change_new_document (LF_CACHE_PRESENCE, user, NULL);
  wire.rev = presence->rev;
  wire.calendar_rev = presence->calendar.rev;
  wire.phone = presence->phone;
  wire.reachability = presence->reachability;
  return lf_cache_change_new_document (LF_CACHE_PRESENCE, user, &wire);
}

static LfCacheChange *
make_busy (LfClient   *self,
           const char *user)
{
  const LfPresence     *presence = find_presence (self, user);
  g_autoptr (GPtrArray) periods = g_ptr_array_new ();
  LfWireBusy            wire = { .user = (char *) user, .periods = periods };
  const LfBusyPeriod   *held;
  gsize                 n_held = 0;

  if (presence == NULL || presence->calendar.rev == 0)
    return lf_cache_change_new_document (LF_CACHE_BUSY, user, NULL);
  wire.rev = presence->calendar.rev;
  wire.known_from_us = presence->calendar.known_from_us;
  wire.known_until_us = presence->calendar.valid_until_us == LF_INSTANT_NONE ? LF_INSTANT_NONE : lf_calendar_get_window_end_us (&presence->calendar);
  wire.read_at_us = presence->calendar.read_at_us;
  wire.source = presence->calendar.source;
  wire.is_state_only = presence->calendar.is_state_only;
  held = presence->calendar.busy != NULL ? lf_busy_list_get (presence->calendar.busy, &n_held) : NULL;
  for (gsize i = 0; i < n_held; i++)
    g_ptr_array_add (periods, (gpointer) &held[i]);
  return lf_cache_change_new_document (LF_CACHE_BUSY, user, &wire);
}

static LfCacheChange *
make_groups (LfClient *self)
{
  gsize                   n_groups;
  const LfGroup          *groups = lf_roster_get_groups (self->roster, &n_groups);
  g_autofree LfWireGroup *wire = g_new0 (LfWireGroup, n_groups + 1);
  g_autoptr (GPtrArray)   items = g_ptr_array_new ();
  const LfWireGroups      document = { .items = items };

  for (gsize i = 0; i < n_groups; i++)
    {
      wire[i] = (LfWireGroup){ .id = groups[i].id, .name = groups[i].name, .position = groups[i].position };
      g_ptr_array_add (items, &wire[i]);
    }
  return lf_cache_change_new_document (LF_CACHE_GROUPS, LF_CACHE_SINGLE_KEY, &document);
}

static LfCacheChange *
make_conversation (LfClient   *self,
                   const char *id)
{
  LfChat               *chat = g_hash_table_lookup (self->chats, id);
  LfConversation       *conversation = chat != NULL ? chat->conversation : NULL;
  const LfMessage      *last = chat != NULL ? lf_conversation_get_summary (conversation) : NULL;
  g_autoptr (GPtrArray) members = g_ptr_array_new ();
  LfWireMember          own = { NULL };
  LfWireMember          other = { NULL };
  LfWireMessage         message = { NULL };
  LfWireConversation    wire = { .id = (char *) id, .members = members };

  if (chat == NULL)
    return lf_cache_change_new_document (LF_CACHE_CONVERSATION, id, NULL);
  own.user = (char *) lf_session_get_user (self->session);
  own.delivered_seq = chat->told_delivered;
  own.read_seq = lf_conversation_get_own_read_seq (conversation);
  other.user = (char *) lf_conversation_get_other (conversation);
  other.name = (char *) lf_conversation_get_other_name (conversation);
  other.delivered_seq = lf_conversation_get_other_delivered_seq (conversation);
  other.read_seq = lf_conversation_get_other_read_seq (conversation);
  g_ptr_array_add (members, &own);
  g_ptr_array_add (members, &other);
  if (last != NULL)
    {
      message = (LfWireMessage){ .conversation = (char *) id, .id = last->id, .seq = last->seq, .sender = last->sender, .body = last->body, .sent_at_us = last->sent_at_us };
      wire.last_message = &message;
    }
  wire.created_at_us = chat->created_at_us;
  wire.last_seq = lf_conversation_get_last_seq (conversation);
  wire.unread = lf_conversation_get_unread (conversation);
  return lf_cache_change_new_document (LF_CACHE_CONVERSATION, id, &wire);
}

static LfCacheChange *
make_document (LfClient   *self,
               LfCacheKind kind,
               const char *key)
{
  switch (kind)
    {
    case LF_CACHE_ME:
      return lf_cache_change_new_document (kind, key, self->confirmed);
    case LF_CACHE_GROUPS:
      return make_groups (self);
    case LF_CACHE_CONTACT:
      return make_contact (self, key);
    case LF_CACHE_PRESENCE:
      return make_presence (self, key);
    case LF_CACHE_BUSY:
      return make_busy (self, key);
    case LF_CACHE_CONVERSATION:
    default:
      return make_conversation (self, key);
    }
}

/* ---- writing ---- */

static void write_now (LfClient *self);

static gboolean
on_write_due (gpointer user_data)
{
  LfClient *self = user_data;

  lf_timer_clear (&self->kept->timer);
  write_now (self);
  return G_SOURCE_REMOVE;
}

static void
schedule (LfClient *self,
          guint     delay_ms)
{
  if (self->kept->timer == NULL && !self->kept->is_writing)
    lf_timer_start (&self->kept->timer, delay_ms, on_write_due, self);
}

static gboolean
is_clean (LfKept *kept)
{
  gboolean is_clean = kept->changes->len == 0;

  for (guint kind = 0; kind < LF_N_CACHE_KINDS; kind++)
    is_clean = is_clean && g_hash_table_size (kept->touched[kind]) == 0;
  return is_clean;
}

static GPtrArray *
take_changes (LfKept *kept)
{
  GPtrArray *changes = g_steal_pointer (&kept->changes);

  kept->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_cache_change_free);
  return changes;
}

/* Returns: (transfer full): what has changed, with at most so many documents */
static GPtrArray *
collect (LfClient *self,
         guint     max_documents)
{
  GPtrArray *changes = take_changes (self->kept);
  gint64     known_at_us = lf_client_get_known_at_us (self);
  guint      n_documents = 0;

  if (known_at_us != LF_INSTANT_NONE)
    {
      LfCacheChange *as_of = lf_cache_change_new (LF_CACHE_AS_OF, NULL);

      as_of->number = known_at_us;
      g_ptr_array_add (changes, as_of);
    }
  for (guint kind = 0; kind < LF_N_CACHE_KINDS; kind++)
    {
      GHashTableIter iter;
      gpointer       key;

      g_hash_table_iter_init (&iter, self->kept->touched[kind]);
      while (n_documents < max_documents && g_hash_table_iter_next (&iter, &key, NULL))
        {
          g_ptr_array_add (changes, make_document (self, kind, key));
          g_hash_table_iter_remove (&iter);
          n_documents++;
        }
    }
  return changes;
}

/* A write that outlives the cache it was for is not asked about. */
typedef struct
{
  LfClient *client; /* owned */
  LfCache  *cache;  /* owned */
} Writing;

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autofree Writing  *writing = user_data;
  g_autoptr (LfClient) self = writing->client;
  g_autoptr (LfCache)  cache = writing->cache;
  g_autoptr (GError)   error = NULL;

  if (!lf_cache_write_finish (cache, result, &error))
    g_debug ("not kept: %s", error->message); /* the cache has told; the server has it all */
  if (self->kept == NULL || self->kept->cache != cache)
    return;
  self->kept->is_writing = FALSE;
  if (!is_clean (self->kept))
    schedule (self, WRITE_AFTER_MS / 20);
}

static void
write_now (LfClient *self)
{
  Writing *writing;

  if (is_clean (self->kept))
    return;
  writing = g_new (Writing, 1);
  writing->client = g_object_ref (self);
  writing->cache = g_object_ref (self->kept->cache);
  self->kept->is_writing = TRUE;
  lf_cache_write_async (self->kept->cache, collect (self, MAX_DOCUMENTS), FALSE, on_written, writing);
}

/**
 * lf_client_cache_touch:
 * @self: the client
 * @kind: of what
 * @key: which
 *
 * Has it written soon, as it is then.
 */
void
lf_client_cache_touch (LfClient   *self,
                       LfCacheKind kind,
                       const char *key)
{
  if (self->kept == NULL || self->kept->is_showing)
    return;
  if (!g_hash_table_contains (self->kept->touched[kind], key))
    g_hash_table_add (self->kept->touched[kind], g_strdup (key));
  schedule (self, WRITE_AFTER_MS);
}

/**
 * lf_client_cache_touch_person:
 * @self: the client
 * @user: who came, went, or changed in every way
 *
 * Has all of a contact written soon.
 */
void
lf_client_cache_touch_person (LfClient   *self,
                              const char *user)
{
  lf_client_cache_touch (self, LF_CACHE_CONTACT, user);
  lf_client_cache_touch (self, LF_CACHE_PRESENCE, user);
  lf_client_cache_touch (self, LF_CACHE_BUSY, user);
}

static void
add_change (LfClient      *self,
            LfCacheChange *change)
{
  g_ptr_array_add (self->kept->changes, change);
  schedule (self, WRITE_AFTER_MS);
}

/**
 * lf_client_cache_keep_message:
 * @self: the client
 * @message: with its sequence number
 *
 * Keeps one of the newest messages for reading offline.
 */
void
lf_client_cache_keep_message (LfClient            *self,
                              const LfWireMessage *message)
{
  if (self->kept != NULL && !self->kept->is_showing && self->kept->changes->len < MAX_WAITING)
    add_change (self, lf_cache_change_new_message (message));
}

/**
 * lf_client_cache_change:
 * @self: the client
 * @action: of a letter, or of messages
 * @key: to which
 * @text: (nullable): as @action wants it
 *
 * Writes that soon.
 */
void
lf_client_cache_change (LfClient     *self,
                        LfCacheAction action,
                        const char   *key,
                        const char   *text)
{
  LfCacheChange *change;

  if (self->kept == NULL)
    return;
  change = lf_cache_change_new (action, key);
  change->text = g_strdup (text);
  add_change (self, change);
}

/**
 * lf_client_cache_write_letter:
 * @self: the client
 * @letter: (transfer full): what the user has written
 * @callback: called when it is on disk, or cannot be
 * @user_data: for @callback
 *
 * Writes a letter now. What was said of letters before goes first.
 *
 * Returns: %FALSE if nothing is kept: @callback is not called
 */
gboolean
lf_client_cache_write_letter (LfClient           *self,
                              LfLetter           *letter,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_autoptr (LfLetter) owned = letter;
  LfCacheChange       *change;
  GPtrArray           *changes;

  if (self->kept == NULL)
    return FALSE;
  changes = take_changes (self->kept);
  change = lf_cache_change_new (LF_CACHE_ADD_LETTER, NULL);
  change->letter = g_steal_pointer (&owned);
  g_ptr_array_add (changes, change);
  lf_cache_write_async (self->kept->cache, changes, TRUE, callback, user_data);
  return TRUE;
}

/* ---- beginning and end ---- */

static void
kept_free (LfKept *kept)
{
  lf_timer_clear (&kept->timer);
  for (guint kind = 0; kind < LF_N_CACHE_KINDS; kind++)
    g_hash_table_unref (kept->touched[kind]);
  g_ptr_array_unref (kept->changes);
  g_object_run_dispose (G_OBJECT (kept->cache)); /* closes the file now, whoever waits for an answer */
  g_object_unref (kept->cache);
  g_free (kept);
}

/**
 * lf_client_cache_attach:
 * @self: the client, with a session that begins
 * @cache: of its account, read; a reference is taken
 *
 * From now on what changes is kept there.
 */
void
lf_client_cache_attach (LfClient *self,
                        LfCache  *cache)
{
  LfKept *kept = g_new0 (LfKept, 1);

  kept->cache = g_object_ref (cache);
  for (guint kind = 0; kind < LF_N_CACHE_KINDS; kind++)
    kept->touched[kind] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  kept->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_cache_change_free);
  self->kept = kept;
}

static void
on_last_written (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (LfCache) cache = user_data;

  lf_cache_write_finish (cache, result, NULL); /* the cache has told */
}

/**
 * lf_client_cache_detach:
 * @self: the client, still with its session
 *
 * Writes what is left, and lets the file go.
 */
void
lf_client_cache_detach (LfClient *self)
{
  if (self->kept == NULL)
    return;
  lf_cache_write_async (self->kept->cache, collect (self, G_MAXUINT), FALSE, on_last_written,
                        g_object_ref (self->kept->cache));
  g_clear_pointer (&self->kept, kept_free);
}

/**
 * lf_client_cache_forget:
 * @self: the client
 *
 * The user signs out: nothing stays on this computer.
 */
void
lf_client_cache_forget (LfClient *self)
{
  if (self->kept == NULL)
    return;
  lf_cache_wipe (self->kept->cache);
  g_clear_pointer (&self->kept, kept_free);
}

/* The account is another one with the same name, as on a server that began anew: of it nothing is known. */
static void
clear_kept (LfClient *self)
{
  lf_client_cache_change (self, LF_CACHE_CLEAR_DOCUMENTS, NULL, NULL);
  lf_client_cache_change (self, LF_CACHE_CLEAR_MESSAGES, NULL, NULL);
}

/**
 * lf_client_cache_show:
 * @self: the client, with its session and cache, before the stream
 * @contents: what the cache holds
 *
 * Shows the people, conversations and letters that were kept. Nothing of it is news.
 *
 * Returns: %TRUE if there was a list of contacts of this user
 */
gboolean
lf_client_cache_show (LfClient              *self,
                      const LfCacheContents *contents)
{
  const LfWireMe *me = contents->documents[LF_CACHE_ME]->len > 0 ? contents->documents[LF_CACHE_ME]->pdata[0] : NULL;
  gboolean        is_own = me != NULL && g_strcmp0 (me->person.id, lf_session_get_user (self->session)) == 0;
  guint           n_chats;

  self->kept->is_showing = TRUE;
  if (is_own)
    {
      lf_client_status_take_me (self, me);
      lf_client_roster_take_kept (self, contents);
      lf_client_chat_take_kept (self, contents);
    }
  lf_client_letters_take_kept (self, contents->letters);
  self->kept->is_showing = FALSE;
  if (me != NULL && !is_own)
    clear_kept (self);
  n_chats = g_list_model_get_n_items (G_LIST_MODEL (self->conversations));
  for (guint i = MAX_CHATS_KEPT; i < n_chats; i++)
    {
      g_autoptr (LfConversation) old = g_list_model_get_item (G_LIST_MODEL (self->conversations), i);

      add_change (self, lf_cache_change_new_document (LF_CACHE_CONVERSATION, lf_conversation_get_id (old), NULL));
      lf_client_cache_change (self, LF_CACHE_DROP_MESSAGES, lf_conversation_get_id (old), NULL);
    }
  return is_own;
}
