/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-stream"

#include "config.h"

#include "lf-snapshot.h"

#define PART_BYTES (24 * 1024) /* the longest item (a message of 8000 characters) still fits behind it */

struct _LfSnapshot
{
  LfHub          *hub;    /* owned */
  char           *user;   /* owned */
  LfWireSnapshot *loaded; /* owned: everything but presence */
  GHashTable     *shown;  /* owned: set of users whose presence was given, borrowed from @loaded */
  gint64          n_parts;
  guint           next_contact;
  guint           next_conversation;
};

/* The part in the making. Its lists borrow from the snapshot, but for presence. */
typedef struct
{
  LfWireSnapshot wire;
  GPtrArray     *held;    /* owned: LfPresence behind the items */
  GString       *scratch; /* owned */
  gsize          n_bytes;
} Part;

static void
part_init (Part *part)
{
  part->wire.groups = g_ptr_array_new ();
  part->wire.contacts = g_ptr_array_new ();
  part->wire.presence = g_ptr_array_new_with_free_func (g_free);
  part->wire.conversations = g_ptr_array_new ();
  part->held = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_presence_unref);
  part->scratch = g_string_new (NULL);
  part->n_bytes = 0;
}

static void
part_clear (Part *part)
{
  g_ptr_array_unref (part->wire.groups);
  g_ptr_array_unref (part->wire.contacts);
  g_ptr_array_unref (part->wire.presence);
  g_ptr_array_unref (part->wire.conversations);
  g_ptr_array_unref (part->held);
  g_string_free (part->scratch, TRUE);
}

static void
count_bytes (Part *part, const LfSchema *schema, gconstpointer value)
{
  g_string_truncate (part->scratch, 0);
  lf_codec_encode (schema, value, part->scratch);
  part->n_bytes += part->scratch->len + 1;
}

static void
add_presence (LfSnapshot *self, Part *part, const char *user)
{
  LfPresence     *presence;
  LfWirePresence *wire;

  if (!g_hash_table_add (self->shown, (gpointer) user))
    return;
  presence = lf_hub_dup_presence (self->hub, self->user, user);
  wire = g_new0 (LfWirePresence, 1);
  wire->user = (char *) user;
  wire->rev = presence->rev;
  wire->calendar_rev = presence->calendar.rev;
  wire->phone = presence->phone;
  wire->reachability = presence->reachability;
  g_ptr_array_add (part->held, presence);
  g_ptr_array_add (part->wire.presence, wire);
  count_bytes (part, &lf_schema_presence, wire);
}

static void
add_head (LfSnapshot *self, Part *part)
{
  part->wire.me = self->loaded->me;
  for (guint i = 0; i < self->loaded->groups->len; i++)
    {
      g_ptr_array_add (part->wire.groups, self->loaded->groups->pdata[i]);
      count_bytes (part, &lf_schema_group, self->loaded->groups->pdata[i]);
    }
  add_presence (self, part, self->user);
}

static void
add_contacts (LfSnapshot *self, Part *part)
{
  GPtrArray *contacts = self->loaded->contacts;

  while (self->next_contact < contacts->len && part->n_bytes < PART_BYTES)
    {
      LfWireContact *contact = contacts->pdata[self->next_contact++];

      g_ptr_array_add (part->wire.contacts, contact);
      count_bytes (part, &lf_schema_contact, contact);
      add_presence (self, part, contact->user);
    }
}

static void
add_conversations (LfSnapshot *self, Part *part)
{
  GPtrArray *conversations = self->loaded->conversations;

  while (self->next_conversation < conversations->len && part->n_bytes < PART_BYTES)
    {
      LfWireConversation *conversation = conversations->pdata[self->next_conversation++];

      g_ptr_array_add (part->wire.conversations, conversation);
      count_bytes (part, &lf_schema_conversation, conversation);
      for (guint i = 0; i < conversation->members->len; i++)
        add_presence (self, part, ((LfWireMember *) conversation->members->pdata[i])->user);
    }
}

/**
 * lf_snapshot_new:
 * @hub: where presence comes from
 * @user: whose client it is for
 * @loaded: (transfer full): the rest, as it was read
 *
 * Returns: (transfer full): a snapshot, before its first part
 */
LfSnapshot *
lf_snapshot_new (LfHub *hub, const char *user, LfWireSnapshot *loaded)
{
  LfSnapshot *self = g_new0 (LfSnapshot, 1);

  self->hub = g_object_ref (hub);
  self->user = g_strdup (user);
  self->loaded = loaded;
  self->shown = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

/**
 * lf_snapshot_next:
 * @self: a snapshot that has parts left
 * @is_last: (out): whether this is the last part
 *
 * Makes the next part.
 *
 * Returns: (transfer full): its frame
 */
LfWsFrame *
lf_snapshot_next (LfSnapshot *self, gboolean *is_last)
{
  Part       part = { .wire.part = self->n_parts++ };
  LfWsFrame *frame;

  part_init (&part);
  if (part.wire.part == 0)
    add_head (self, &part);
  add_contacts (self, &part);
  if (self->next_contact == self->loaded->contacts->len)
    add_conversations (self, &part);
  part.wire.is_last = self->next_contact == self->loaded->contacts->len &&
                      self->next_conversation == self->loaded->conversations->len;
  *is_last = part.wire.is_last;
  frame = lf_ws_frame_new_text (LF_FRAME_SNAPSHOT, &part.wire);
  part_clear (&part);
  return frame;
}

/**
 * lf_snapshot_free:
 * @self: (nullable): a snapshot
 *
 * Frees it.
 */
void
lf_snapshot_free (LfSnapshot *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->shown);
  lf_codec_free (lf_frame_get_schema (LF_FRAME_SNAPSHOT), self->loaded);
  g_object_unref (self->hub);
  g_free (self->user);
  g_free (self);
}
