/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-client-private.h"
#include "lf-error.h"
#include "lf-timer.h"

#define MAX_EDITS 1000
#define PAUSE_MS  3000 /* until a change that was not answered is repeated */

/* What the user changes of the roster. A change is seen at once; its request waits for those before it, so that a
 * group is there before somebody moves into it. If the server refuses, only that change is taken back; if it does
 * not answer, the change waits for it. */
typedef enum
{
  EDIT_ADD,
  EDIT_REMOVE,
  EDIT_FAVOURITE,
  EDIT_WATCHED,
  EDIT_GROUP,
  EDIT_NEW_GROUP,
  EDIT_BLOCKED,
} EditKind;

typedef struct
{
  EditKind   kind;
  char      *id;      /* owned; the user, or the new group */
  LfContact *removed; /* owned, nullable; as it was */
  char      *text;    /* owned, nullable; the group before, or the new group's name */
  int        number;  /* the new group's position */
  gboolean   flag;    /* as it was before, or whether to block */
} Edit;

static void
edit_free (gpointer data)
{
  Edit *edit = data;

  g_clear_object (&edit->removed);
  g_free (edit->id);
  g_free (edit->text);
  g_free (edit);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Edit, edit_free)

/* Puts a contact into the roster as it stands elsewhere: in a search, or before it was removed. */
static LfContact *
insert_copy (LfClient  *self,
             LfContact *from)
{
  const char       *user = lf_contact_get_user (from);
  LfContact        *contact = lf_roster_ensure (self->roster, user);
  const LfPresence *presence = lf_contact_get_presence (from);

  if (contact == from)
    return contact;
  lf_client_copy_contact (from, contact);
  lf_client_dials_take (self, contact, lf_contact_get_speed_dial (from));
  lf_roster_apply_presence (self->roster, user, presence, TRUE);
  lf_roster_apply_calendar (self->roster, user, &presence->calendar);
  lf_client_dials_show (self);
  if (self->as_of_us != 0) /* what was known of it is as old as all the rest */
    lf_roster_mark_cut (self->roster, self->as_of_us);
  return contact;
}

static void
set_group_list (LfClient   *self,
                const char *without,
                const char *id,
                const char *name,
                int         position)
{
  gsize               n_groups;
  gsize               n_kept = 0;
  const LfGroup      *groups = lf_roster_get_groups (self->roster, &n_groups);
  g_autofree LfGroup *changed = g_new (LfGroup, n_groups + 1);

  for (gsize i = 0; i < n_groups; i++)
    if (g_strcmp0 (groups[i].id, without) != 0)
      changed[n_kept++] = groups[i];
  if (id != NULL)
    changed[n_kept++] = (LfGroup){ .id = (char *) id, .name = (char *) name, .position = position };
  lf_roster_set_groups (self->roster, changed, n_kept);
}

static gboolean
is_group_known (LfClient   *self,
                const char *id)
{
  gsize          n_groups;
  const LfGroup *groups = lf_roster_get_groups (self->roster, &n_groups);

  for (gsize i = 0; i < n_groups; i++)
    if (g_str_equal (groups[i].id, id))
      return TRUE;
  return FALSE;
}

static void
set_blocked (LfClient   *self,
             const char *user,
             gboolean    is_blocked)
{
  if (is_blocked)
    g_hash_table_add (self->blocked, g_strdup (user));
  else
    g_hash_table_remove (self->blocked, user);
}

static void
undo (LfClient   *self,
      const Edit *edit)
{
  LfContact *contact = lf_roster_lookup (self->roster, edit->id);

  switch (edit->kind)
    {
    case EDIT_ADD:
      lf_busy_puller_forget (self->puller, edit->id);
      lf_roster_remove (self->roster, edit->id);
      break;
    case EDIT_REMOVE:
      insert_copy (self, edit->removed);
      lf_client_roster_fetch_presence (self, edit->id);
      break;
    case EDIT_NEW_GROUP:
      set_group_list (self, edit->id, NULL, NULL, 0);
      break;
    case EDIT_BLOCKED:
      set_blocked (self, edit->id, !edit->flag);
      break;
    case EDIT_FAVOURITE:
      if (contact != NULL)
        lf_contact_set_is_favourite (contact, edit->flag);
      break;
    case EDIT_WATCHED:
      if (contact != NULL)
        lf_contact_set_is_watched (contact, edit->flag);
      break;
    case EDIT_GROUP:
    default:
      if (contact != NULL)
        lf_contact_set_group (contact, edit->text != NULL && is_group_known (self, edit->text) ? edit->text : NULL);
      break;
    }
}

static gboolean
on_pause_over (gpointer user_data)
{
  LfClient *self = user_data;

  if (self->state != LF_CLIENT_ONLINE)
    return G_SOURCE_CONTINUE;
  lf_timer_clear (&self->edit_pause);
  lf_client_edits_send_next (self);
  return G_SOURCE_REMOVE;
}

/* No answer is no refusal: the change may have been made, and the server tells this device nothing of it.
 * So it is asked for until there is an answer; asking twice does no harm. */
static gboolean
is_to_be_repeated (const GError *error)
{
  return g_error_matches (error, LF_ERROR, LF_ERROR_UNAVAILABLE) || g_error_matches (error, LF_ERROR, LF_ERROR_RATE_LIMITED);
}

static void
on_answered (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (LfClient) self = user_data;
  g_autoptr (GError)   error = NULL;
  g_autoptr (Edit)     edit = NULL;

  lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &error);
  if (LF_SESSION (source) != self->session) /* signed out meanwhile */
    return;
  self->is_editing = FALSE;
  if (is_to_be_repeated (error))
    {
      lf_timer_start (&self->edit_pause, PAUSE_MS, on_pause_over, self);
      return;
    }
  edit = g_queue_pop_head (&self->edits);
  if (edit->kind == EDIT_REMOVE && g_error_matches (error, LF_ERROR, LF_ERROR_NOT_FOUND))
    g_clear_error (&error); /* removed elsewhere as well */
  if (error != NULL)
    {
      undo (self, edit);
      lf_client_emit_notice (self, error);
    }
  else if (edit->kind == EDIT_ADD || !lf_client_roster_is_heard (self, edit->id))
    lf_client_roster_fetch_presence (self, edit->id);
  lf_client_cache_touch_person (self, edit->id); /* of a group or one who is blocked: nothing changed */
  lf_client_cache_touch (self, LF_CACHE_GROUPS, LF_CACHE_SINGLE_KEY);
  if (LF_SESSION (source) == self->session)
    lf_client_edits_send_next (self);
}

/* The contact as it stood when the head of the queue was made: a later change may be one the server
 * refuses, or need a group that is not there yet. */
static LfWireContact
get_as_of_head (LfClient  *self,
                LfContact *contact)
{
  LfWireContact body = {
    .user = (char *) lf_contact_get_user (contact),
    .group = (char *) lf_contact_get_group (contact),
    .is_favourite = lf_contact_get_is_favourite (contact),
    .is_watched = lf_contact_get_is_watched (contact),
    .speed_dial = lf_contact_get_speed_dial (contact),
  };

  for (const GList *l = self->edits.tail; l != self->edits.head; l = l->prev)
    {
      const Edit *later = l->data;

      if (!g_str_equal (later->id, body.user))
        continue;
      if (later->kind == EDIT_FAVOURITE)
        body.is_favourite = later->flag;
      else if (later->kind == EDIT_WATCHED)
        body.is_watched = later->flag;
      else if (later->kind == EDIT_GROUP)
        body.group = later->text;
    }
  return body;
}

static void
put (LfClient       *self,
     const char     *path,
     const LfSchema *schema,
     gconstpointer   body)
{
  lf_session_call_async (self->session, "PUT", path, NULL, schema, body, NULL, self->lifetime, on_answered,
                         g_object_ref (self));
}

static void
send_head (LfClient   *self,
           const Edit *edit)
{
  g_autofree char *id = lf_rest_escape (edit->id);
  g_autofree char *path = NULL;

  if (edit->kind == EDIT_NEW_GROUP)
    {
      const LfWireGroup body = { .id = edit->id, .name = edit->text, .position = edit->number };

      path = g_strconcat ("/groups/", id, NULL);
      put (self, path, &lf_schema_group, &body);
    }
  else if (edit->kind == EDIT_BLOCKED)
    {
      const LfWirePermission body = { edit->flag, (LfCalendarView) GPOINTER_TO_INT (g_hash_table_lookup (self->exceptions, edit->id)) };

      path = g_strconcat ("/me/permissions/", id, NULL);
      put (self, path, &lf_schema_permission, &body);
    }
  else if (edit->kind == EDIT_REMOVE)
    {
      path = g_strconcat ("/contacts/", id, NULL);
      lf_session_call_async (self->session, "DELETE", path, NULL, NULL, NULL, NULL, self->lifetime, on_answered,
                             g_object_ref (self));
    }
  else
    {
      LfContact    *contact = lf_roster_lookup (self->roster, edit->id);
      LfWireContact body = get_as_of_head (self, contact);

      if (edit->kind != EDIT_GROUP && body.group != NULL && !is_group_known (self, body.group)) /* the server lost it */
        {
          if (g_strcmp0 (body.group, lf_contact_get_group (contact)) == 0)
            lf_contact_set_group (contact, NULL);
          body.group = NULL;
        }
      path = g_strconcat ("/contacts/", id, NULL);
      put (self, path, &lf_schema_contact_request, &body);
    }
}

/* A change of a contact that has been removed since says nothing any more. */
static gboolean
is_overtaken (LfClient   *self,
              const Edit *edit)
{
  return edit->kind != EDIT_NEW_GROUP && edit->kind != EDIT_BLOCKED && edit->kind != EDIT_REMOVE && lf_roster_lookup (self->roster, edit->id) == NULL;
}

/**
 * lf_client_edits_send_next:
 * @self: the client
 *
 * Asks for the first change that waits, unless one is on its way already. A new order of the speed dials goes
 * first: each contact that is put says its position.
 */
void
lf_client_edits_send_next (LfClient *self)
{
  const Edit *edit;

  if (self->is_editing || self->edit_pause != NULL || self->session == NULL || lf_client_dials_send (self))
    return;
  while ((edit = g_queue_peek_head (&self->edits)) != NULL && is_overtaken (self, edit))
    edit_free (g_queue_pop_head (&self->edits));
  if (edit == NULL)
    return;
  self->is_editing = TRUE;
  send_head (self, edit);
}

/* Returns: (transfer none) (nullable): the edit, to be filled in before send_next() */
static Edit *
push_edit (LfClient   *self,
           EditKind    kind,
           const char *id)
{
  Edit *edit;

  if (self->session == NULL || self->edits.length >= MAX_EDITS)
    {
      g_autoptr (GError) error = g_error_new_literal (LF_ERROR, LF_ERROR_UNAVAILABLE, "The contact list cannot be changed now.");

      lf_client_emit_notice (self, error);
      return NULL;
    }
  edit = g_new0 (Edit, 1);
  edit->kind = kind;
  edit->id = g_strdup (id);
  g_queue_push_tail (&self->edits, edit);
  return edit;
}

/**
 * lf_client_edits_has:
 * @self: the client
 * @user: user id
 *
 * Returns: %TRUE if a change of that contact waits for its answer: what the server says of it
 *   meanwhile is older
 */
gboolean
lf_client_edits_has (LfClient   *self,
                     const char *user)
{
  for (const GList *l = self->edits.head; l != NULL; l = l->next)
    {
      const Edit *edit = l->data;

      if (edit->kind != EDIT_NEW_GROUP && edit->kind != EDIT_BLOCKED && g_str_equal (edit->id, user))
        return TRUE;
    }
  return FALSE;
}

/**
 * lf_client_edits_keep_groups:
 * @self: the client
 *
 * The server has said which groups there are: those it has not heard of yet are there as well.
 */
void
lf_client_edits_keep_groups (LfClient *self)
{
  for (const GList *l = self->edits.head; l != NULL; l = l->next)
    {
      const Edit *edit = l->data;

      if (edit->kind == EDIT_NEW_GROUP && !is_group_known (self, edit->id))
        set_group_list (self, NULL, edit->id, edit->text, edit->number);
    }
}

/**
 * lf_client_edits_reset:
 * @self: the client
 *
 * Signed out: what waits is forgotten.
 */
void
lf_client_edits_reset (LfClient *self)
{
  lf_timer_clear (&self->edit_pause);
  g_queue_clear_full (&self->edits, edit_free);
  self->is_editing = FALSE;
}

/**
 * lf_client_add_contact:
 * @self: an #LfClient
 * @contact: of a search
 * @group_id: (nullable): into which group
 *
 * Adds a person to the roster, which makes an #LfContact of its own. Does nothing for the user itself
 * and for who is there already.
 */
void
lf_client_add_contact (LfClient   *self,
                       LfContact  *contact,
                       const char *group_id)
{
  const char *user;
  LfContact  *added;

  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (LF_IS_CONTACT (contact));

  user = lf_contact_get_user (contact);
  if (lf_roster_lookup (self->roster, user) != NULL || lf_roster_lookup (self->own_roster, user) != NULL || push_edit (self, EDIT_ADD, user) == NULL)
    return;
  added = insert_copy (self, contact);
  lf_contact_set_group (added, group_id);
  lf_client_chat_take_contact (self, added);
  lf_client_edits_send_next (self);
}

/**
 * lf_client_remove_contact:
 * @self: an #LfClient
 * @contact: of the roster
 *
 * Takes a person out of the roster.
 */
void
lf_client_remove_contact (LfClient  *self,
                          LfContact *contact)
{
  Edit *edit;

  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (LF_IS_CONTACT (contact));

  if (lf_roster_lookup (self->roster, lf_contact_get_user (contact)) != contact)
    return;
  edit = push_edit (self, EDIT_REMOVE, lf_contact_get_user (contact));
  if (edit == NULL)
    return;
  edit->removed = g_object_ref (contact);
  lf_busy_puller_forget (self->puller, edit->id);
  lf_roster_remove (self->roster, edit->id);
  lf_client_edits_send_next (self);
}

/**
 * lf_client_set_favourite:
 * @self: an #LfClient
 * @contact: of the roster
 * @is_favourite: whether it is one
 *
 * Makes a favourite of a contact, or not.
 */
void
lf_client_set_favourite (LfClient  *self,
                         LfContact *contact,
                         gboolean   is_favourite)
{
  Edit *edit;

  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (LF_IS_CONTACT (contact));

  if (lf_contact_get_is_favourite (contact) == !!is_favourite)
    return;
  edit = push_edit (self, EDIT_FAVOURITE, lf_contact_get_user (contact));
  if (edit == NULL)
    return;
  edit->flag = !is_favourite;
  lf_contact_set_is_favourite (contact, is_favourite);
  lf_client_edits_send_next (self);
}

/**
 * lf_client_set_watched:
 * @self: an #LfClient
 * @contact: of the roster
 * @is_watched: whether to tell each time it becomes available
 *
 * Watches a contact, or not.
 */
void
lf_client_set_watched (LfClient  *self,
                       LfContact *contact,
                       gboolean   is_watched)
{
  Edit *edit;

  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (LF_IS_CONTACT (contact));

  if (lf_contact_get_is_watched (contact) == !!is_watched)
    return;
  edit = push_edit (self, EDIT_WATCHED, lf_contact_get_user (contact));
  if (edit == NULL)
    return;
  edit->flag = !is_watched;
  lf_contact_set_is_watched (contact, is_watched);
  lf_client_edits_send_next (self);
}

/**
 * lf_client_move_to_group:
 * @self: an #LfClient
 * @contact: of the roster
 * @group_id: (nullable): into which; %NULL for none
 *
 * Moves a contact.
 */
void
lf_client_move_to_group (LfClient   *self,
                         LfContact  *contact,
                         const char *group_id)
{
  Edit *edit;

  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (LF_IS_CONTACT (contact));

  if (g_strcmp0 (lf_contact_get_group (contact), group_id) == 0)
    return;
  edit = push_edit (self, EDIT_GROUP, lf_contact_get_user (contact));
  if (edit == NULL)
    return;
  edit->text = g_strdup (lf_contact_get_group (contact));
  lf_contact_set_group (contact, group_id);
  lf_client_edits_send_next (self);
}

/**
 * lf_client_add_group:
 * @self: an #LfClient
 * @name: what to call it
 *
 * Makes a group, after the others.
 *
 * Returns: (transfer full) (nullable): its id; %NULL while signed out, or for a name that is empty or
 *   longer than %LF_GROUP_MAX_CHARS characters
 */
char *
lf_client_add_group (LfClient   *self,
                     const char *name)
{
  g_autofree char *id = NULL;
  const LfGroup   *groups;
  gsize            n_groups;
  Edit            *edit;

  g_return_val_if_fail (LF_IS_CLIENT (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (name[0] == '\0' || !g_utf8_validate (name, -1, NULL) || g_utf8_strlen (name, -1) > LF_GROUP_MAX_CHARS)
    return NULL;
  id = g_uuid_string_random ();
  edit = push_edit (self, EDIT_NEW_GROUP, id);
  if (edit == NULL)
    return NULL;
  groups = lf_roster_get_groups (self->roster, &n_groups);
  edit->text = g_strdup (name);
  edit->number = n_groups > 0 ? groups[n_groups - 1].position + 1 : 1;
  set_group_list (self, NULL, id, name, edit->number);
  lf_client_edits_send_next (self);
  return g_steal_pointer (&id);
}

/**
 * lf_client_set_blocked:
 * @self: an #LfClient
 * @contact: anybody
 * @is_blocked: whether that person is to see nothing of the user
 *
 * Blocks a person, or no longer.
 */
void
lf_client_set_blocked (LfClient  *self,
                       LfContact *contact,
                       gboolean   is_blocked)
{
  const char *user;
  Edit       *edit;

  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (LF_IS_CONTACT (contact));

  user = lf_contact_get_user (contact);
  if (lf_client_get_is_blocked (self, contact) == !!is_blocked)
    return;
  edit = push_edit (self, EDIT_BLOCKED, user);
  if (edit == NULL)
    return;
  edit->flag = !!is_blocked;
  set_blocked (self, user, is_blocked);
  lf_client_edits_send_next (self);
}
