/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-client-private.h"
#include "lf-error.h"

#define MIN_WORDS_CHARS 2
#define MAX_WORDS_CHARS 100
#define OTHERS_KEY      "lf-client-others"

/**
 * lf_client_fill_contact:
 * @contact: a contact
 * @person: as the directory shows it; ignored if it is somebody else
 *
 * Takes over who it is.
 *
 * Returns: whether that is anything new
 */
gboolean
lf_client_fill_contact (LfContact          *contact,
                        const LfWirePerson *person)
{
  LfPersonFields fields = {
    .user = person->id,
    .login = person->login,
    .name = person->name,
    .title = person->title,
    .department = person->department,
    .mail = person->mail,
    .addresses = (const char *const *) person->addresses,
    .is_place = person->is_place,
  };

  return g_strcmp0 (person->id, lf_contact_get_user (contact)) == 0 && lf_contact_set_person (contact, &fields);
}

/**
 * lf_client_copy_contact:
 * @from: as a search found it, or as it was
 * @to: the same person's contact
 *
 * Takes over who it is and where it stands in the roster, its speed dial apart.
 */
void
lf_client_copy_contact (LfContact *from,
                        LfContact *to)
{
  LfPersonFields fields = {
    .user = lf_contact_get_user (from),
    .login = lf_contact_get_login (from),
    .name = lf_contact_get_name (from),
    .title = lf_contact_get_title (from),
    .department = lf_contact_get_department (from),
    .mail = lf_contact_get_mail (from),
    .addresses = lf_contact_get_addresses (from),
    .is_place = lf_contact_get_is_place (from),
  };

  lf_contact_set_person (to, &fields);
  lf_contact_set_group (to, lf_contact_get_group (from));
  lf_contact_set_is_favourite (to, lf_contact_get_is_favourite (from));
  lf_contact_set_is_watched (to, lf_contact_get_is_watched (from));
}

/* A search: the people, then presence and calendars of those who are not contacts, side by side. */
typedef struct
{
  GListStore *found;  /* owned; of LfContact */
  LfRoster   *others; /* owned; those of @found who are not in the roster */
  guint       n_pending;
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  g_clear_object (&search->found);
  g_clear_object (&search->others);
  g_free (search);
}

/* What could not be fetched stays unknown: the people found are worth showing. */
static void
end_step (GTask  *task,
          GError *error)
{
  Search *search = g_task_get_task_data (task);

  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_debug ("search is shown without presence: %s", error->message);
  if (--search->n_pending == 0)
    g_task_return_pointer (task, g_object_ref (search->found), g_object_unref);
}

static void
on_presence_answered (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  g_autoptr (GTask)              task = user_data;
  g_autoptr (GError)             error = NULL;
  Search                        *search = g_task_get_task_data (task);
  g_autoptr (LfWirePresenceList) list = lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &error);

  for (guint i = 0; list != NULL && i < list->items->len; i++)
    {
      const LfWirePresence  *wire = list->items->pdata[i];
      g_autoptr (LfPresence) presence = lf_wire_presence_to_value (wire);

      lf_roster_apply_presence (search->others, wire->user, presence, TRUE);
    }
  end_step (task, error);
}

static void
on_busy_answered (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask)          task = user_data;
  g_autoptr (GError)         error = NULL;
  Search                    *search = g_task_get_task_data (task);
  g_autoptr (LfWireBusyList) list = lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &error);

  for (guint i = 0; list != NULL && i < list->items->len; i++)
    {
      const LfWireBusy *wire = list->items->pdata[i];
      LfCalendar        calendar;

      lf_busy_to_calendar (wire, &calendar);
      lf_roster_apply_calendar (search->others, wire->user, &calendar);
      lf_busy_calendar_clear (&calendar);
    }
  end_step (task, error);
}

static void
fetch_others (GTask     *task,
              LfSession *session)
{
  LfClient             *self = g_task_get_source_object (task);
  Search               *search = g_task_get_task_data (task);
  g_autoptr (GPtrArray) users = g_ptr_array_new_with_free_func (g_free);
  g_autofree char      *busy_path = NULL;
  g_autofree char      *joined = NULL;
  g_autofree char      *presence_path = NULL;
  guint                 n_others = g_list_model_get_n_items (G_LIST_MODEL (search->others));

  for (guint i = 0; i < n_others; i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (G_LIST_MODEL (search->others), i);

      g_ptr_array_add (users, lf_rest_escape (lf_contact_get_user (contact)));
    }
  busy_path = lf_busy_make_path ((const char *const *) users->pdata, users->len, lf_clock_get_now_us (self->clock));
  g_ptr_array_add (users, NULL);
  joined = g_strjoinv (",", (char **) users->pdata);
  presence_path = g_strconcat ("/presence?users=", joined, NULL);
  search->n_pending = 2;
  lf_session_call_async (session, "GET", presence_path, NULL, NULL, NULL, &lf_schema_presence_list,
                         g_task_get_cancellable (task), on_presence_answered, g_object_ref (task));
  lf_session_call_async (session, "GET", busy_path, NULL, NULL, NULL, &lf_schema_busy_list,
                         g_task_get_cancellable (task), on_busy_answered, g_object_ref (task));
}

static void
on_people_found (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask)            task = user_data;
  LfClient                    *self = g_task_get_source_object (task);
  Search                      *search = g_task_get_task_data (task);
  GError                      *error = NULL;
  g_autoptr (LfWirePeoplePage) page = lf_session_call_finish (LF_SESSION (source), result, NULL, NULL, &error);

  if (page == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < page->items->len; i++)
    {
      const LfWirePerson *person = page->items->pdata[i];
      LfContact          *contact = lf_roster_lookup (self->roster, person->id);

      if (contact == NULL && lf_roster_lookup (self->own_roster, person->id) != NULL)
        continue;
      if (contact == NULL)
        {
          contact = lf_roster_ensure (search->others, person->id);
          lf_client_fill_contact (contact, person);
        }
      g_list_store_append (search->found, contact);
    }
  if (g_list_model_get_n_items (G_LIST_MODEL (search->others)) > 0)
    fetch_others (task, LF_SESSION (source));
  else
    g_task_return_pointer (task, g_object_ref (search->found), g_object_unref);
}

/**
 * lf_client_search_async:
 * @self: an #LfClient
 * @words: at least two characters
 * @cancellable: (nullable): pull it when the words change: the search ends
 * @callback: called when people are found
 * @user_data: for @callback
 *
 * Looks in the directory. The user itself is not found.
 */
void
lf_client_search_async (LfClient           *self,
                        const char         *words,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char  *query = NULL;
  g_autofree char  *path = NULL;
  Search           *search;
  glong             n_chars;

  g_return_if_fail (LF_IS_CLIENT (self));
  g_return_if_fail (words != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, lf_client_search_async);
  n_chars = g_utf8_validate (words, -1, NULL) ? g_utf8_strlen (words, -1) : 0;
  if (n_chars < MIN_WORDS_CHARS || n_chars > MAX_WORDS_CHARS)
    {
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_BAD_REQUEST, "Type at least two characters.");
      return;
    }
  if (self->session == NULL)
    {
      g_task_return_new_error (task, LF_ERROR, LF_ERROR_UNAUTHORIZED, "You are signed out.");
      return;
    }
  search = g_new0 (Search, 1);
  search->found = g_list_store_new (LF_TYPE_CONTACT);
  search->others = lf_roster_new (self->clock);
  /* Keeps the others resolved while somebody looks at the list. */
  g_object_set_data_full (G_OBJECT (search->found), OTHERS_KEY, g_object_ref (search->others), g_object_unref);
  g_task_set_task_data (task, search, search_free);
  query = lf_rest_escape (words);
  path = g_strconcat ("/users?q=", query, NULL);
  lf_session_call_async (self->session, "GET", path, NULL, NULL, NULL, &lf_schema_people_page, cancellable,
                         on_people_found, g_steal_pointer (&task));
}

/**
 * lf_client_search_finish:
 * @self: an #LfClient
 * @result: of the callback
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a list of #LfContact: those of the roster are its own objects,
 *   the others carry presence fetched once; %LF_ERROR_BAD_REQUEST for too few words,
 *   %LF_ERROR_UNAVAILABLE, %LF_ERROR_UNAUTHORIZED
 */
GListModel *
lf_client_search_finish (LfClient     *self,
                         GAsyncResult *result,
                         GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
