/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calls"

#include "config.h"

#include "lf-calls-private.h"

/* Connectors, and what belongs to a person's telephones. Everything that may have changed is looked at
 * together, a little later: a connector that comes takes its lines one by one. */

#define LOOK_AFTER_US (2 * LF_SECOND)

/* What the telephone of a line was told of “do not disturb”. */
typedef struct
{
  LfCalls *calls; /* borrowed: owns this */
  char    *command;
  char    *connector;
  gboolean is_on;
  gboolean is_done;    /* the connector has said so */
  gboolean has_failed; /* it has said so, or nothing in time */
  gboolean is_lost;    /* its stream ended first: to be said again */
  guint    call_id;    /* of the clock: too late */
} Dnd;

/**
 * lf_calls_get_capabilities:
 * @self: the calls
 * @line: a line
 *
 * Returns: (transfer none) (nullable): what can be done with it now
 */
const LfWireCapabilities *
lf_calls_get_capabilities (LfCalls *self, const LfLine *line)
{
  return line->owner != NULL ? g_hash_table_lookup (self->connectors, line->owner) : NULL;
}

/* Whether @user's “do not disturb” does not reach the telephone. A shared one follows the person it was assigned to. */
static gboolean
rings_in_dnd (LfCalls *self, const LfLine *line, const char *user)
{
  const LfWireCapabilities *capabilities = lf_calls_get_capabilities (self, line);
  const Dnd                *dnd = g_hash_table_lookup (self->dnd, line->line);

  return g_strcmp0 (line->user, user) != 0 || capabilities == NULL || !capabilities->can_set_dnd || (dnd != NULL && dnd->has_failed);
}

static void
add_own_line (LfCalls *self, GPtrArray *items, const LfLine *line, const char *user)
{
  const LfWireCapabilities *capabilities = lf_calls_get_capabilities (self, line);
  LfWireOwnLine            *own = g_new0 (LfWireOwnLine, 1);

  own->line = g_strdup (line->line);
  own->address = g_strdup (line->address);
  own->is_primary = lf_line_is_primary_of (line, user);
  own->is_callable = capabilities != NULL && capabilities->can_call;
  g_ptr_array_insert (items, own->is_primary ? 0 : -1, own);
}

static gboolean
is_in_group_of (const GPtrArray *own, const LfLine *line)
{
  for (guint i = 0; i < own->len; i++)
    if (g_strcmp0 (((const LfLine *) own->pdata[i])->pickup_group, line->pickup_group) == 0)
      return TRUE;
  return FALSE;
}

/* Whose calls may be picked up: people with a line in a group of one's own, where the connector can do it. */
static GStrv
list_pickup (LfCalls *self, const char *user, const GPtrArray *own)
{
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();
  g_autoptr (GHashTable)   seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray)    all = NULL;
  gboolean                 can_pick_up = FALSE;

  for (guint i = 0; i < own->len; i++)
    {
      const LfWireCapabilities *capabilities = lf_calls_get_capabilities (self, own->pdata[i]);

      can_pick_up = can_pick_up || (((const LfLine *) own->pdata[i])->pickup_group != NULL && capabilities != NULL && capabilities->can_pick_up);
    }
  all = can_pick_up ? lf_hub_list_lines (self->hub, NULL) : g_ptr_array_new ();
  for (guint i = 0; i < all->len && g_hash_table_size (seen) < LF_MAX_PICKUP; i++)
    {
      const LfLine         *line = all->pdata[i];
      g_autoptr (GPtrArray) people = lf_line_list_people (line);

      if (line->pickup_group == NULL || !is_in_group_of (own, line))
        continue;
      for (guint j = 0; j < people->len && g_hash_table_size (seen) < LF_MAX_PICKUP; j++)
        if (!g_str_equal (people->pdata[j], user) && g_hash_table_add (seen, people->pdata[j]))
          g_strv_builder_add (found, people->pdata[j]);
    }
  return g_strv_builder_end (found);
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static char *
make_digest (const LfWireOwnPhone *phone)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (phone != NULL)
    lf_codec_encode (&lf_schema_own_phone, phone, text);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, text->len);
}

static LfWireOwnPhone *
make_own_phone (LfCalls *self, const char *user)
{
  g_autoptr (GPtrArray) lines = lf_hub_list_lines (self->hub, user);
  LfWireOwnPhone       *phone;

  if (lines->len == 0)
    return NULL;
  phone = g_new0 (LfWireOwnPhone, 1);
  phone->lines = g_ptr_array_new ();
  for (guint i = 0; i < MIN (lines->len, LF_MAX_OWN_LINES); i++)
    {
      add_own_line (self, phone->lines, lines->pdata[i], user);
      phone->is_ringing_in_dnd = phone->is_ringing_in_dnd || rings_in_dnd (self, lines->pdata[i], user);
    }
  phone->pickup = list_pickup (self, user, lines);
  qsort (phone->pickup, g_strv_length (phone->pickup), sizeof (char *), compare_ids);
  return phone;
}

/**
 * lf_calls_make_own_phone:
 * @self: the calls
 * @user: whose
 *
 * Makes what the person is to be told of the own telephones; it counts as told.
 *
 * Returns: (transfer full) (nullable): it; %NULL without a line
 */
LfWireOwnPhone *
lf_calls_make_own_phone (LfCalls *self, const char *user)
{
  LfWireOwnPhone *phone;

  g_return_val_if_fail (LF_IS_CALLS (self) && user != NULL, NULL);

  phone = make_own_phone (self, user);
  g_hash_table_replace (self->told, g_strdup (user), make_digest (phone));
  return phone;
}

/**
 * lf_calls_free_dnd:
 * @data: (transfer full): what a telephone was told
 *
 * Frees it; for the table.
 */
void
lf_calls_free_dnd (gpointer data)
{
  Dnd *dnd = data;

  lf_clock_cancel (dnd->calls->clock, &dnd->call_id);
  g_free (dnd->command);
  g_free (dnd->connector);
  g_free (dnd);
}

static gboolean
on_dnd_too_late (gpointer user_data)
{
  Dnd *dnd = user_data;

  dnd->call_id = 0;
  dnd->has_failed = TRUE;
  lf_calls_look_again (dnd->calls);
  return G_SOURCE_REMOVE;
}

static gboolean
needs_dnd (const Dnd *before, gboolean is_on)
{
  if (before == NULL)
    return is_on;
  return before->is_lost || before->is_on != is_on;
}

/* Tells a telephone, if it knows otherwise. One that was never told is left as it is until there is something to tell. */
static void
bring_dnd (LfCalls *self, const LfLine *line)
{
  const LfWireCapabilities *capabilities = lf_calls_get_capabilities (self, line);
  gboolean                  is_on = line->user != NULL && lf_hub_is_dnd (self->hub, line->user);
  Dnd                      *dnd;
  LfWireCommand             command = { .kind = LF_COMMAND_DND, .line = line->line, .address = line->address, .is_on = is_on };

  if (capabilities == NULL || !capabilities->can_set_dnd || !needs_dnd (g_hash_table_lookup (self->dnd, line->line), is_on))
    return;
  dnd = g_new0 (Dnd, 1);
  dnd->calls = self;
  dnd->command = g_uuid_string_random ();
  dnd->connector = g_strdup (line->owner);
  dnd->is_on = is_on;
  dnd->call_id = lf_clock_call_after (self->clock, LF_COMMAND_TIMEOUT_MS * 1000, on_dnd_too_late, dnd);
  command.id = dnd->command;
  if (lf_hub_send_to_connector (self->hub, line->owner, LF_FRAME_COMMAND, &command))
    g_hash_table_replace (self->dnd, g_strdup (line->line), dnd);
  else
    lf_calls_free_dnd (dnd);
}

/**
 * lf_calls_take_dnd_result:
 * @self: the calls
 * @connector: who says so
 * @result: what it says
 *
 * Takes the answer to a command of “do not disturb”; any other is left.
 */
void
lf_calls_take_dnd_result (LfCalls *self, const char *connector, const LfWireCommandResult *result)
{
  GHashTableIter iter;
  Dnd           *dnd;

  g_hash_table_iter_init (&iter, self->dnd);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &dnd))
    if (g_str_equal (dnd->command, result->id) && g_str_equal (dnd->connector, connector))
      {
        lf_clock_cancel (self->clock, &dnd->call_id);
        dnd->is_done = result->state == LF_CALL_ENDED;
        dnd->has_failed = !dnd->is_done;
        lf_calls_look_again (self);
        return;
      }
}

/* What a connector has not done is said again when it, or another one, has the lines. */
static void
lose_dnd (LfCalls *self, const char *connector)
{
  GHashTableIter iter;
  Dnd           *dnd;

  g_hash_table_iter_init (&iter, self->dnd);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &dnd))
    if (!dnd->is_done && g_str_equal (dnd->connector, connector))
      {
        lf_clock_cancel (self->clock, &dnd->call_id);
        dnd->is_lost = TRUE;
      }
}

/**
 * lf_calls_set_dnd:
 * @self: the calls
 * @user: who switched “do not disturb”
 *
 * Tells the telephones of the person, where that is possible.
 */
void
lf_calls_set_dnd (LfCalls *self, const char *user)
{
  g_autoptr (GPtrArray) lines = NULL;

  g_return_if_fail (LF_IS_CALLS (self) && user != NULL);

  lines = lf_hub_list_lines (self->hub, user);
  for (guint i = 0; i < lines->len; i++)
    bring_dnd (self, lines->pdata[i]);
}

static gboolean
on_look_due (gpointer user_data)
{
  LfCalls              *self = user_data;
  g_autoptr (GPtrArray) lines = lf_hub_list_lines (self->hub, NULL);
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter        iter;
  const char           *user;
  const char           *digest;

  self->look_call = 0;
  for (guint i = 0; i < lines->len; i++)
    bring_dnd (self, lines->pdata[i]);
  g_hash_table_iter_init (&iter, self->told);
  while (g_hash_table_iter_next (&iter, (gpointer *) &user, (gpointer *) &digest))
    {
      g_autofree char *now = NULL;
      LfWireOwnPhone  *phone;

      if (!lf_hub_has_sessions (self->hub, user))
        {
          g_hash_table_iter_remove (&iter);
          continue;
        }
      phone = make_own_phone (self, user);
      now = make_digest (phone);
      if (!g_str_equal (now, digest))
        g_ptr_array_add (changed, g_strdup (user));
      lf_codec_free (&lf_schema_own_phone, phone);
    }
  for (guint i = 0; i < changed->len; i++)
    g_signal_emit_by_name (self, "phone-changed", changed->pdata[i]);
  return G_SOURCE_REMOVE;
}

/**
 * lf_calls_look_again:
 * @self: the calls
 *
 * Lines, or what can be done with them, may have changed: whoever has a telephone of which something else is
 * true now is told within two seconds.
 */
void
lf_calls_look_again (LfCalls *self)
{
  g_return_if_fail (LF_IS_CALLS (self));

  if (self->look_call == 0)
    self->look_call = lf_clock_call_after (self->clock, LOOK_AFTER_US, on_look_due, self);
}

/**
 * lf_calls_take_capabilities:
 * @self: the calls
 * @connector: id of a service token that has a stream
 * @capabilities: what it can do
 *
 * Takes what a telephone connector says of itself.
 */
void
lf_calls_take_capabilities (LfCalls *self, const char *connector, const LfWireCapabilities *capabilities)
{
  g_return_if_fail (LF_IS_CALLS (self) && connector != NULL && capabilities != NULL);

  g_hash_table_replace (self->connectors, g_strdup (connector), g_memdup2 (capabilities, sizeof *capabilities));
  lf_calls_look_again (self);
}

/**
 * lf_calls_take_gone:
 * @self: the calls
 * @connector: id of a service token
 *
 * It has no stream any more: what it was making has failed, and nothing can be done with its lines.
 */
void
lf_calls_take_gone (LfCalls *self, const char *connector)
{
  g_return_if_fail (LF_IS_CALLS (self) && connector != NULL);

  lf_calls_fail_by (self, connector, LF_CALL_REASON_LINK_LOST);
  lose_dnd (self, connector);
  if (g_hash_table_remove (self->connectors, connector))
    lf_calls_look_again (self);
}

static void
tell_line (LfCalls *self, const LfLine *line, const char *user)
{
  g_autofree char *normal = line->peer != NULL ? lf_address_normalise (self->config->dial_plan, line->peer, LF_ADDRESS_SIGNALLED, NULL) : NULL;
  const char      *other = self->book != NULL ? lf_address_book_find (self->book, normal) : NULL;
  LfWireLineCall   call = {
      .line = line->line,
      .state = line->state,
      .since_us = line->since_us,
      .direction = line->direction,
      .peer = line->peer,
      .peer_name = line->peer_name,
      .user = (char *) (other != NULL && !lf_hub_is_hidden (self->hub, user, other) ? other : NULL),
  };
  LfWireCallChange change = { .line = &call };

  lf_hub_send (self->hub, user, NULL, LF_FRAME_CALL, &change);
}

/**
 * lf_calls_take_line:
 * @self: the calls
 * @name: of a line of which a connector has just told
 *
 * Tells those whose line it is, and nobody else, with whom the line is talking; and that it no longer is.
 */
void
lf_calls_take_line (LfCalls *self, const char *name)
{
  g_autoptr (GPtrArray) people = NULL;
  const LfLine         *line;
  gboolean              was_told;

  g_return_if_fail (LF_IS_CALLS (self));

  line = lf_hub_find_line (self->hub, name);
  was_told = g_hash_table_remove (self->in_call, name);
  if (line == NULL || (!was_told && line->peer == NULL))
    return;
  people = lf_line_list_people (line);
  for (guint i = 0; i < people->len; i++)
    {
      if (!lf_hub_has_sessions (self->hub, people->pdata[i]))
        continue;
      if (line->peer != NULL)
        g_hash_table_add (self->in_call, g_strdup (name));
      tell_line (self, line, people->pdata[i]);
    }
}

/**
 * lf_calls_tell_all:
 * @self: the calls
 * @user: whose session has just begun
 *
 * Tells what is going on with the person's telephones.
 */
void
lf_calls_tell_all (LfCalls *self, const char *user)
{
  g_autoptr (GPtrArray) lines = NULL;

  g_return_if_fail (LF_IS_CALLS (self) && user != NULL);

  lines = lf_hub_list_lines (self->hub, user);
  for (guint i = 0; i < lines->len; i++)
    {
      const LfLine     *line = lines->pdata[i];
      const LfLiveCall *call = g_hash_table_lookup (self->lines, line->line);

      if (call != NULL && g_str_equal (call->user, user))
        lf_calls_tell (self, call);
      if (line->peer == NULL)
        continue;
      g_hash_table_add (self->in_call, g_strdup (line->line));
      tell_line (self, line, user);
    }
}

/**
 * lf_calls_set_book:
 * @self: the calls
 * @book: who has which address
 *
 * Takes a newer address book.
 */
void
lf_calls_set_book (LfCalls *self, LfAddressBook *book)
{
  g_return_if_fail (LF_IS_CALLS (self) && book != NULL);

  lf_address_book_ref (book);
  g_clear_pointer (&self->book, lf_address_book_unref);
  self->book = book;
}

/**
 * lf_calls_get_book:
 * @self: the calls
 *
 * Returns: (transfer none) (nullable): who has which address, if it was read
 */
LfAddressBook *
lf_calls_get_book (LfCalls *self)
{
  g_return_val_if_fail (LF_IS_CALLS (self), NULL);

  return self->book;
}
