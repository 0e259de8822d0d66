/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-client-private.h"
#include "lf-error.h"
#include "lf-timer.h"

#define PAUSE_MS      3000 /* until a change that was not answered is repeated */
#define MAX_CONFLICTS 5    /* of one change with those of other devices */

/* The speed dials of the user. A new order is seen at once. To ask for it, the roster is read first: what
 * another device added or took away meanwhile stays so, and the order that results is put on condition that
 * the roster is still that one. */

typedef struct
{
  char *user;
  int   position;
} LfDial;

static void
dial_free (gpointer data)
{
  LfDial *dial = data;

  g_free (dial->user);
  g_free (dial);
}

static void
add_dial (GPtrArray  *dials,
          const char *user,
          int         position)
{
  LfDial *dial = g_new (LfDial, 1);

  *dial = (LfDial){ .user = g_strdup (user), .position = position };
  g_ptr_array_add (dials, dial);
}

static int
compare_positions (gconstpointer a,
                   gconstpointer b)
{
  const LfDial *one = *(LfDial *const *) a;
  const LfDial *other = *(LfDial *const *) b;

  return one->position < other->position ? -1 : one->position > other->position;
}

/* The dials of @dials alone, in order, and no more than a page of lamps holds. */
static GPtrArray *
sort_dials (GPtrArray *dials)
{
  g_ptr_array_sort (dials, compare_positions);
  if (dials->len > LF_SPEED_DIAL_MAX)
    g_ptr_array_set_size (dials, LF_SPEED_DIAL_MAX);
  return dials;
}

static GPtrArray *
collect_shown (LfClient *self)
{
  GPtrArray *dials = g_ptr_array_new_with_free_func (dial_free);
  guint      n_contacts = g_list_model_get_n_items (G_LIST_MODEL (self->roster));

  for (guint i = 0; i < n_contacts; i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (G_LIST_MODEL (self->roster), i);

      if (lf_contact_get_speed_dial (contact) > 0)
        add_dial (dials, lf_contact_get_user (contact), lf_contact_get_speed_dial (contact));
    }
  return sort_dials (dials);
}

static GPtrArray *
collect_answered (const LfWireContacts *contacts)
{
  GPtrArray *dials = g_ptr_array_new_with_free_func (dial_free);

  for (guint i = 0; i < contacts->items->len; i++)
    {
      const LfWireContact *contact = contacts->items->pdata[i];

      if (contact->speed_dial > 0)
        add_dial (dials, contact->user, contact->speed_dial);
    }
  return sort_dials (dials);
}

/* Returns: (transfer full): the ids of @dials, in order */
static GStrv
list_users (const GPtrArray *dials)
{
  GStrv users = g_new0 (char *, dials->len + 1);

  for (guint i = 0; i < dials->len; i++)
    users[i] = g_strdup (((const LfDial *) dials->pdata[i])->user);
  return users;
}

static gboolean
has_user (GStrv       users,
          const char *user)
{
  return g_strv_contains ((const char *const *) users, user);
}

static gboolean
are_alike (GStrv a,
           GStrv b)
{
  return g_strv_equal ((const char *const *) a, (const char *const *) b);
}

/* Gives each contact of @dials its position, and the other lamps none. */
static void
apply (LfClient        *self,
       const GPtrArray *dials)
{
  g_autoptr (GPtrArray) shown = collect_shown (self);
  g_auto (GStrv)        users = list_users (dials);

  for (guint i = 0; i < shown->len; i++)
    {
      const LfDial *dial = shown->pdata[i];

      if (!has_user (users, dial->user))
        lf_contact_set_speed_dial (lf_roster_lookup (self->roster, dial->user), 0);
    }
  for (guint i = 0; i < dials->len; i++)
    {
      const LfDial *dial = dials->pdata[i];
      LfContact    *contact = lf_roster_lookup (self->roster, dial->user);

      if (contact != NULL)
        lf_contact_set_speed_dial (contact, dial->position);
    }
  self->dials.is_dirty = TRUE;
  lf_client_dials_show (self);
}

/* As the server numbers them. */
static GPtrArray *
number_users (GStrv users)
{
  GPtrArray *dials = g_ptr_array_new_with_free_func (dial_free);

  for (guint i = 0; users[i] != NULL; i++)
    add_dial (dials, users[i], i + 1);
  return dials;
}

static void
set_before (LfClient  *self,
            GPtrArray *dials)
{
  g_clear_pointer (&self->dials.before, g_ptr_array_unref);
  self->dials.before = dials;
}

/* Takes @users. */
static void
set_wanted (LfClient *self,
            GStrv     users)
{
  g_autoptr (GPtrArray) dials = number_users (users);

  g_strfreev (self->dials.wanted);
  self->dials.wanted = users;
  apply (self, dials);
}

/* Returns: (transfer full): @wanted, with what became of the order before it on the server */
static GStrv
merge (GStrv wanted,
       GStrv before,
       GStrv current)
{
  g_autoptr (GStrvBuilder) merged = g_strv_builder_new ();

  if (are_alike (wanted, before))
    return g_strdupv (current);
  for (guint i = 0; wanted[i] != NULL; i++)
    if (has_user (current, wanted[i]) || !has_user (before, wanted[i]))
      g_strv_builder_add (merged, wanted[i]);
  for (guint i = 0; current[i] != NULL; i++)
    if (!has_user (before, current[i]) && !has_user (wanted, current[i]))
      g_strv_builder_add (merged, current[i]);
  return g_strv_builder_end (merged);
}

/* The change is over, made or not: of everybody whom it concerns the cache is told. */
static void
end_change (LfClient *self)
{
  g_autoptr (GPtrArray) before = g_steal_pointer (&self->dials.before);
  g_autoptr (GPtrArray) after = collect_shown (self);

  g_clear_pointer (&self->dials.wanted, g_strfreev);
  self->dials.n_conflicts = 0;
  self->dials.is_outdated = FALSE;
  for (guint i = 0; i < before->len; i++)
    lf_client_cache_touch (self, LF_CACHE_CONTACT, ((const LfDial *) before->pdata[i])->user);
  for (guint i = 0; i < after->len; i++)
    lf_client_cache_touch (self, LF_CACHE_CONTACT, ((const LfDial *) after->pdata[i])->user);
  lf_client_edits_send_next (self);
}

static gboolean
on_pause_over (gpointer user_data)
{
  LfClient *self = user_data;

  if (self->state != LF_CLIENT_ONLINE)
    return G_SOURCE_CONTINUE;
  lf_timer_clear (&self->dials.pause);
  lf_client_edits_send_next (self);
  return G_SOURCE_REMOVE;
}

static void
take_failure (LfClient     *self,
              const GError *error,
              guint         status)
{
  g_clear_pointer (&self->dials.etag, g_free); /* what was not answered may have been done */
  if (status == 412 && ++self->dials.n_conflicts <= MAX_CONFLICTS)
    lf_client_dials_send (self);
  else if (g_error_matches (error, LF_ERROR, LF_ERROR_UNAVAILABLE) || g_error_matches (error, LF_ERROR, LF_ERROR_RATE_LIMITED))
    lf_timer_start (&self->dials.pause, PAUSE_MS, on_pause_over, self);
  else
    {
      apply (self, self->dials.before);
      end_change (self);
      lf_client_emit_notice (self, error);
    }
}

static void
on_read (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (LfClient)       self = user_data;
  g_autoptr (GError)         error = NULL;
  g_autoptr (LfWireContacts) contacts = lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &error);
  g_auto (GStrv)             before = NULL;
  g_auto (GStrv)             current = NULL;
  GStrv                      merged;
  const char                *etag;

  if (LF_SESSION (source) != self->session) /* signed out meanwhile */
    return;
  self->dials.is_asking = FALSE;
  if (contacts == NULL)
    {
      take_failure (self, error, 0);
      return;
    }
  self->dials.is_outdated = FALSE;
  etag = lf_session_call_get_etag (LF_SESSION (source), result);
  g_free (self->dials.etag);
  self->dials.etag = g_strdup (etag != NULL ? etag : "*");
  before = list_users (self->dials.before);
  set_before (self, collect_answered (contacts));
  current = list_users (self->dials.before);
  merged = merge (self->dials.wanted, before, current);
  set_wanted (self, merged);
  if (!are_alike (merged, current))
    {
      lf_client_dials_send (self);
      return;
    }
  apply (self, self->dials.before); /* with its very positions */
  end_change (self);
}

static void
on_put (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (LfClient) self = user_data;
  g_autoptr (GError)   error = NULL;
  g_auto (GStrv)       sent = NULL;
  guint                status = 0;

  lf_session_call_finish (LF_SESSION (source), result, &status, NULL, &error);
  if (LF_SESSION (source) != self->session)
    return;
  self->dials.is_asking = FALSE;
  sent = g_steal_pointer (&self->dials.sent);
  if (error != NULL)
    {
      take_failure (self, error, status);
      return;
    }
  g_free (self->dials.etag);
  self->dials.etag = self->dials.is_outdated ? NULL : g_strdup (lf_session_call_get_etag (LF_SESSION (source), result));
  set_before (self, number_users (sent));
  if (self->dials.is_outdated || !are_alike (self->dials.wanted, sent))
    lf_client_dials_send (self);
  else
    end_change (self);
}

static void
put (LfClient *self)
{
  const char *const      headers[] = { "If-Match", self->dials.etag, NULL };
  const LfWireSpeedDials body = { .users = self->dials.wanted };

  self->dials.sent = g_strdupv (self->dials.wanted);
  lf_session_call_async (self->session, "PUT", "/speed_dials", headers, &lf_schema_speed_dials, &body, NULL, self->lifetime,
                         on_put, g_object_ref (self));
}

/**
 * lf_client_dials_send:
 * @self: the client
 *
 * Asks for the change that waits. No contact is put meanwhile, since that would say its position as well.
 *
 * Returns: %TRUE if there is a change
 */
gboolean
lf_client_dials_send (LfClient *self)
{
  if (self->dials.wanted == NULL)
    return FALSE;
  if (self->dials.is_asking || self->dials.pause != NULL || self->is_editing || self->session == NULL)
    return TRUE;
  self->dials.is_asking = TRUE;
  if (self->dials.etag != NULL)
    put (self);
  else
    lf_session_call_async (self->session, "GET", "/contacts", NULL, NULL, NULL, &lf_schema_contacts, self->lifetime, on_read,
                           g_object_ref (self));
  return TRUE;
}

/**
 * lf_client_dials_take:
 * @self: the client
 * @contact: of the roster
 * @position: what the server says of it
 *
 * Takes over the position, unless a change is on its way: then that is shown, and the roster is read once more. It
 * is seen by lf_client_dials_show().
 *
 * Returns: whether the position is another
 */
gboolean
lf_client_dials_take (LfClient  *self,
                      LfContact *contact,
                      int        position)
{
  gboolean is_changed;
  int      wanted = 0;

  for (guint i = 0; self->dials.wanted != NULL && wanted == 0 && self->dials.wanted[i] != NULL; i++)
    if (g_str_equal (self->dials.wanted[i], lf_contact_get_user (contact)))
      wanted = i + 1;
  if (self->dials.wanted != NULL)
    self->dials.is_outdated |= position != wanted;
  is_changed = lf_contact_set_speed_dial (contact, self->dials.wanted != NULL ? wanted : position);
  self->dials.is_dirty |= is_changed;
  return is_changed;
}

/**
 * lf_client_dials_show:
 * @self: the client
 *
 * Brings the list up to date with the positions of the contacts; what stays in its place is left alone.
 */
void
lf_client_dials_show (LfClient *self)
{
  g_autoptr (GPtrArray) dials = NULL;
  g_autoptr (GPtrArray) contacts = g_ptr_array_new ();
  GListModel           *shown = G_LIST_MODEL (self->dials.shown);
  guint                 n_shown = g_list_model_get_n_items (shown);
  guint                 n_before = 0;
  guint                 n_behind = 0;

  if (!self->dials.is_dirty)
    return;
  self->dials.is_dirty = FALSE;
  dials = collect_shown (self);
  for (guint i = 0; i < dials->len; i++)
    g_ptr_array_add (contacts, lf_roster_lookup (self->roster, ((const LfDial *) dials->pdata[i])->user));
  while (n_before < MIN (n_shown, contacts->len))
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (shown, n_before);

      if (contact != contacts->pdata[n_before])
        break;
      n_before++;
    }
  while (n_before + n_behind < MIN (n_shown, contacts->len))
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (shown, n_shown - n_behind - 1);

      if (contact != contacts->pdata[contacts->len - n_behind - 1])
        break;
      n_behind++;
    }
  if (n_before < MAX (n_shown, contacts->len))
    g_list_store_splice (self->dials.shown, n_before, n_shown - n_before - n_behind, contacts->pdata + n_before,
                         contacts->len - n_before - n_behind);
}

static void
on_roster_items_changed (GListModel *roster,
                         guint       position,
                         guint       n_removed,
                         guint       n_added,
                         gpointer    user_data)
{
  LfClient *self = user_data;

  if (n_removed == 0)
    return;
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->dials.shown)); i > 0; i--)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (G_LIST_MODEL (self->dials.shown), i - 1);

      if (lf_roster_lookup (self->roster, lf_contact_get_user (contact)) != contact)
        g_list_store_remove (self->dials.shown, i - 1);
    }
}

/**
 * lf_client_dials_begin:
 * @self: the client, with its roster
 *
 * From here on who leaves the roster leaves the speed dials.
 */
void
lf_client_dials_begin (LfClient *self)
{
  g_signal_connect_object (self->roster, "items-changed", G_CALLBACK (on_roster_items_changed), self, 0);
}

/**
 * lf_client_dials_reset:
 * @self: the client
 *
 * Signed out: what waits is forgotten.
 */
void
lf_client_dials_reset (LfClient *self)
{
  lf_timer_clear (&self->dials.pause);
  g_clear_pointer (&self->dials.wanted, g_strfreev);
  g_clear_pointer (&self->dials.before, g_ptr_array_unref);
  g_clear_pointer (&self->dials.sent, g_strfreev);
  g_clear_pointer (&self->dials.etag, g_free);
  self->dials.n_conflicts = 0;
  self->dials.is_asking = FALSE;
  self->dials.is_outdated = FALSE;
  self->dials.is_dirty = FALSE;
}

/**
 * lf_client_get_speed_dials:
 * @self: an #LfClient
 *
 * Returns: (transfer none): the contacts that are speed dials, in the user's order
 */
GListModel *
lf_client_get_speed_dials (LfClient *self)
{
  g_return_val_if_fail (LF_IS_CLIENT (self), NULL);

  return G_LIST_MODEL (self->dials.shown);
}

/**
 * lf_client_set_speed_dials:
 * @self: an #LfClient
 * @users: (array zero-terminated=1): ids of contacts, in order; who is none is passed over
 *
 * Makes these the speed dials. More than %LF_SPEED_DIAL_MAX are refused.
 */
void
lf_client_set_speed_dials (LfClient          *self,
                           const char *const *users)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GError)       error = NULL;
  g_auto (GStrv)           wanted = NULL;

  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (users != NULL);

  for (gsize i = 0; users[i] != NULL; i++)
    if (lf_roster_lookup (self->roster, users[i]) != NULL)
      g_strv_builder_add (builder, users[i]);
  for (gsize i = 0; self->dials.wanted != NULL && self->dials.wanted[i] != NULL; i++)
    if (lf_roster_lookup (self->roster, self->dials.wanted[i]) == NULL) /* that contact is still to come */
      g_strv_builder_add (builder, self->dials.wanted[i]);
  wanted = g_strv_builder_end (builder);
  if (self->session == NULL)
    error = g_error_new_literal (LF_ERROR, LF_ERROR_UNAVAILABLE, "The lamps cannot be changed now.");
  else if (g_strv_length (wanted) > LF_SPEED_DIAL_MAX)
    error = g_error_new (LF_ERROR, LF_ERROR_TOO_LARGE, "There can be %d lamps at most.", LF_SPEED_DIAL_MAX);
  if (error != NULL)
    {
      lf_client_emit_notice (self, error);
      return;
    }
  if (self->dials.wanted == NULL)
    set_before (self, collect_shown (self));
  set_wanted (self, g_steal_pointer (&wanted));
  lf_client_dials_send (self);
}
