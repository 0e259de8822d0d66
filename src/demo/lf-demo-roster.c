/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-demo"

#include "config.h"

#include "lf-demo-people.h"
#include "lf-demo-roster.h"
#include "lf-session.h"
#include "lf-wire.h"

#define DEVICE "sample office"

/* The colleagues about whom the visitor wants to be told: everybody's n-th */
#define WATCHED_EVERY 8
#define N_LAMPS       20

struct _LfDemoRoster
{
  GObject parent_instance;

  LfSession  *session;     /* owned, nullable: until the visitor has it */
  char       *visitor;     /* owned, nullable: user id, when the list is built */
  char       *token;       /* owned, nullable: refresh token, when the list is built */
  GHashTable *groups;      /* department, borrowed -> id, owned */
  GPtrArray  *departments; /* of const char *, borrowed, in order */
  guint       next;        /* department or person whose turn it is */
};

G_DEFINE_FINAL_TYPE (LfDemoRoster, lf_demo_roster, G_TYPE_OBJECT)

static void put_next_person (GTask *task);

/* From here on the session is the visitor's: two who refresh one session are taken for a thief and end it. */
static void
hand_over (LfDemoRoster *self)
{
  self->visitor = g_strdup (lf_session_get_user (self->session));
  self->token = g_strdup (lf_session_get_refresh_token (self->session));
  g_object_run_dispose (G_OBJECT (self->session));
  g_clear_object (&self->session);
}

static void
on_contact_put (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask)  task = user_data;
  g_autoptr (GError) error = NULL;
  LfDemoRoster      *self = g_task_get_source_object (task);

  lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &error);
  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  self->next++;
  put_next_person (g_steal_pointer (&task));
}

static const LfWirePerson *
find_login (const LfWirePeoplePage *page, const char *login)
{
  for (guint i = 0; i < page->items->len; i++)
    {
      const LfWirePerson *person = page->items->pdata[i];

      if (g_strcmp0 (person->login, login) == 0)
        return person;
    }
  return NULL;
}

static void
on_person_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask)            task = user_data;
  g_autoptr (GError)           error = NULL;
  g_autoptr (LfWirePeoplePage) page = lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &error);
  LfDemoRoster                *self = g_task_get_source_object (task);
  GCancellable                *cancellable = g_task_get_cancellable (task);
  const LfDemoPerson          *colleague = lf_demo_people_get (self->next);
  const LfWirePerson          *person;
  g_autofree char             *path = NULL;
  LfWireContact                contact = { 0 };

  if (page == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  person = find_login (page, colleague->login);
  if (person == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                               "The directory does not know “%s”", colleague->login);
      return;
    }
  path = g_strconcat ("/contacts/", person->id, NULL);
  contact.group = g_hash_table_lookup (self->groups, colleague->department);
  contact.is_favourite = colleague->is_favourite;
  contact.is_watched = self->next % WATCHED_EVERY == 0;
  contact.speed_dial = self->next < N_LAMPS ? self->next + 1 : 0;
  lf_session_call_async (self->session, "PUT", path, NULL, &lf_schema_contact_request, &contact, NULL,
                         cancellable, on_contact_put, g_steal_pointer (&task));
}

static void
put_next_person (GTask *task)
{
  LfDemoRoster    *self = g_task_get_source_object (task);
  g_autofree char *path = NULL;

  if (self->next == lf_demo_people_count ())
    {
      hand_over (self);
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  path = g_strconcat ("/users?q=", lf_demo_people_get (self->next)->login, NULL);
  lf_session_call_async (self->session, "GET", path, NULL, NULL, NULL, &lf_schema_people_page,
                         g_task_get_cancellable (task), on_person_found, task);
}

static void put_next_group (GTask *task);

static void
on_group_put (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask)  task = user_data;
  g_autoptr (GError) error = NULL;
  LfDemoRoster      *self = g_task_get_source_object (task);

  lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &error);
  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  self->next++;
  put_next_group (g_steal_pointer (&task));
}

static void
put_next_group (GTask *task)
{
  LfDemoRoster    *self = g_task_get_source_object (task);
  LfWireGroup      group = { 0 };
  g_autofree char *path = NULL;

  if (self->next == self->departments->len)
    {
      self->next = 0;
      put_next_person (task);
      return;
    }
  group.name = self->departments->pdata[self->next];
  group.position = self->next + 1;
  path = g_strconcat ("/groups/", (const char *) g_hash_table_lookup (self->groups, group.name), NULL);
  lf_session_call_async (self->session, "PUT", path, NULL, &lf_schema_group, &group, NULL,
                         g_task_get_cancellable (task), on_group_put, task);
}

static void
on_visitor_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask)  task = user_data;
  g_autoptr (GError) error = NULL;
  LfDemoRoster      *self = g_task_get_source_object (task);

  if (!lf_session_login_finish (LF_SESSION (source), result, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  self->next = 0;
  put_next_group (g_steal_pointer (&task));
}

static void
lf_demo_roster_dispose (GObject *object)
{
  LfDemoRoster *self = LF_DEMO_ROSTER (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->groups, g_hash_table_unref);
  g_clear_pointer (&self->departments, g_ptr_array_unref);

  G_OBJECT_CLASS (lf_demo_roster_parent_class)->dispose (object);
}

static void
lf_demo_roster_finalize (GObject *object)
{
  LfDemoRoster *self = LF_DEMO_ROSTER (object);

  g_free (self->visitor);
  g_free (self->token);

  G_OBJECT_CLASS (lf_demo_roster_parent_class)->finalize (object);
}

static void
lf_demo_roster_class_init (LfDemoRosterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_demo_roster_dispose;
  object_class->finalize = lf_demo_roster_finalize;
}

static void
lf_demo_roster_init (LfDemoRoster *self)
{
  self->groups = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  self->departments = g_ptr_array_new ();
  for (guint i = 0; i < lf_demo_people_count (); i++)
    {
      char *department = (char *) lf_demo_people_get (i)->department;

      if (g_hash_table_insert (self->groups, department, g_uuid_string_random ()))
        g_ptr_array_add (self->departments, department);
    }
}

/**
 * lf_demo_roster_new:
 * @server: the server's address
 * @clock: what time it is
 * @error: return location: a %LF_ERROR
 *
 * Returns: (transfer full) (nullable): the builder of the visitor's contact list
 */
LfDemoRoster *
lf_demo_roster_new (const char *server, LfClock *clock, GError **error)
{
  g_autoptr (LfDemoRoster) self = g_object_new (LF_TYPE_DEMO_ROSTER, NULL);

  self->session = lf_session_new (server, clock, error);
  return self->session != NULL ? g_steal_pointer (&self) : NULL;
}

/**
 * lf_demo_roster_build_async:
 * @self: the builder
 * @password: of the visitor's account
 * @cancellable: (nullable): ends it early
 * @callback: called when the contact list stands
 * @user_data: for @callback
 *
 * Signs in as the visitor and builds the contact list, one request after another.
 */
void
lf_demo_roster_build_async (LfDemoRoster *self, const char *password, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (LF_IS_DEMO_ROSTER (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, lf_demo_roster_build_async);
  lf_session_login_async (self->session, LF_DEMO_VISITOR_LOGIN, password, DEVICE, cancellable,
                          on_visitor_signed_in, g_steal_pointer (&task));
}

/**
 * lf_demo_roster_build_finish:
 * @self: the builder
 * @result: from the callback
 * @error: return location: a %LF_ERROR or %G_IO_ERROR
 *
 * Returns: %TRUE if the contact list stands
 */
gboolean
lf_demo_roster_build_finish (LfDemoRoster *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lf_demo_roster_get_visitor:
 * @self: the builder
 *
 * Returns: (transfer none) (nullable): the visitor's user id, once signed in
 */
const char *
lf_demo_roster_get_visitor (LfDemoRoster *self)
{
  g_return_val_if_fail (LF_IS_DEMO_ROSTER (self), NULL);

  return self->visitor;
}

/**
 * lf_demo_roster_get_refresh_token:
 * @self: the builder
 *
 * The key to the visitor's session. Who hands it on must not use the session any more.
 *
 * Returns: (transfer none) (nullable): the refresh token
 */
const char *
lf_demo_roster_get_refresh_token (LfDemoRoster *self)
{
  g_return_val_if_fail (LF_IS_DEMO_ROSTER (self), NULL);

  return self->token;
}
