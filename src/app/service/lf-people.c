/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <string.h>

#include "lf-call-uri.h"
#include "lf-error.h"
#include "lf-people.h"

#define MIN_DIRECTORY_CHARS 2

/* A list of 10,000 is gone through at each key that is typed into the Shell's search: what is ASCII is compared where
 * it stands. */

static char *
fold (const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  return g_utf8_normalize (folded, -1, G_NORMALIZE_NFC);
}

static gboolean
is_same_text (const char *who, const char *text)
{
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;

  if (text == NULL)
    return FALSE;
  if (g_str_is_ascii (text))
    return g_ascii_strcasecmp (who, text) == 0;
  a = fold (who);
  b = fold (text);

  return strcmp (a, b) == 0;
}

/* Some word of @text begins with the @length characters at @word; all ASCII. */
static gboolean
has_word (const char *text, const char *word, gsize length)
{
  for (const char *at = text; *at != '\0'; at++)
    if ((at == text || !g_ascii_isalnum (at[-1])) && g_ascii_strncasecmp (at, word, length) == 0)
      return TRUE;

  return FALSE;
}

/* As g_str_match_string(), which however finds what has no words in everything. */
static gboolean
has_words (const char *who, const char *text)
{
  gsize n_words = 0;

  if (text == NULL)
    return FALSE;
  if (!g_str_is_ascii (text))
    {
      g_auto (GStrv) words = g_str_tokenize_and_fold (who, NULL, NULL);

      return words[0] != NULL && g_str_match_string (who, text, TRUE);
    }

  for (const char *at = who; *at != '\0';)
    {
      gsize length = 0;

      while (g_ascii_isalnum (at[length]))
        length++;
      if (length > 0 && !has_word (text, at, length))
        return FALSE;
      n_words += length > 0;
      at += length;
      if (g_unichar_isalnum (g_utf8_get_char (at))) /* begins no word of ASCII */
        return FALSE;
      if (*at != '\0')
        at = g_utf8_next_char (at);
    }

  return n_words > 0;
}

/* Numbers are compared as they are dialled, whatever stands between the digits. */
static gboolean
has_address (LfContact *contact, const char *who)
{
  const char *const *addresses = lf_contact_get_addresses (contact);
  g_autofree char   *uri = addresses != NULL && strpbrk (who, "0123456789:") != NULL ? lf_call_uri_new (who, NULL) : NULL;

  for (gsize i = 0; uri != NULL && addresses[i] != NULL; i++)
    {
      g_autofree char *own = lf_call_uri_new (addresses[i], NULL);

      if (own != NULL && g_ascii_strcasecmp (own, uri) == 0)
        return TRUE;
    }

  return FALSE;
}

/**
 * lf_people_are_known:
 * @client: (nullable): a client
 *
 * Before its first snapshot is whole a client takes contacts for strangers.
 *
 * Returns: %TRUE if somebody is signed in and the contacts are there
 */
gboolean
lf_people_are_known (LfClient *client)
{
  LfClientState state = client != NULL ? lf_client_get_state (client) : LF_CLIENT_SIGNED_OUT;

  return (state == LF_CLIENT_ONLINE || state == LF_CLIENT_RECONNECTING) && lf_client_get_me (client) != NULL;
}

/**
 * lf_people_match:
 * @contact: a person
 * @who: an id, a login, a mail address, a number, a name or the beginnings of its words; UTF-8
 *
 * Tells how closely @who names @contact. Neither case nor, for words, accents count.
 *
 * Returns: the closest way in which it does
 */
LfPeopleMatch
lf_people_match (LfContact *contact, const char *who)
{
  g_return_val_if_fail (LF_IS_CONTACT (contact) && who != NULL, LF_PEOPLE_MATCH_NONE);

  if (strcmp (who, lf_contact_get_user (contact)) == 0 || is_same_text (who, lf_contact_get_login (contact)) ||
      is_same_text (who, lf_contact_get_mail (contact)) || has_address (contact, who))
    return LF_PEOPLE_MATCH_IDENTITY;
  if (is_same_text (who, lf_contact_get_name (contact)))
    return LF_PEOPLE_MATCH_NAME;
  if (has_words (who, lf_contact_get_name (contact)) || has_words (who, lf_contact_get_login (contact)))
    return LF_PEOPLE_MATCH_WORDS;

  return LF_PEOPLE_MATCH_NONE;
}

/* What is found so far: all match equally closely. */
typedef struct
{
  char         *who;   /* owned */
  GPtrArray    *found; /* owned, of LfContact */
  LfPeopleMatch match; /* of those */
  LfPeopleMatch loosest;
} Hunt;

static void
hunt_free (Hunt *hunt)
{
  g_free (hunt->who);
  g_clear_pointer (&hunt->found, g_ptr_array_unref);
  g_free (hunt);
}

static void
take (Hunt *hunt, LfContact *contact)
{
  LfPeopleMatch match = lf_people_match (contact, hunt->who);

  if (match == LF_PEOPLE_MATCH_NONE || match > hunt->loosest || match > hunt->match)
    return;
  if (match < hunt->match)
    g_ptr_array_set_size (hunt->found, 0);
  hunt->match = match;
  if (hunt->found->len < LF_PEOPLE_MAX_FOUND && !g_ptr_array_find (hunt->found, contact, NULL))
    g_ptr_array_add (hunt->found, g_object_ref (contact));
}

static void
return_found (GTask *task)
{
  Hunt *hunt = g_task_get_task_data (task);

  g_task_return_pointer (task, g_steal_pointer (&hunt->found), (GDestroyNotify) g_ptr_array_unref);
}

static void
on_directory_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask)      task = user_data;
  g_autoptr (GError)     error = NULL;
  Hunt                  *hunt = g_task_get_task_data (task);
  g_autoptr (GListModel) people = lf_client_search_finish (LF_CLIENT (source), result, &error);

  /* A contact goes before strangers of a similar name, but not before one who is named exactly. */
  if (hunt->found->len > 0)
    hunt->loosest = LF_PEOPLE_MATCH_NAME;
  if (people == NULL && hunt->found->len == 0)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  for (guint i = 0; people != NULL && i < g_list_model_get_n_items (people); i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (people, i);

      take (hunt, contact);
    }
  return_found (task);
}

/**
 * lf_people_find_async:
 * @client: signed in
 * @who: an id, a login, a mail address, a number, a name or the beginnings of its words; at most
 *   %LF_PEOPLE_MAX_CHARS characters of UTF-8
 * @loosest: how closely it must name somebody
 * @cancellable: (nullable): to stop looking
 * @callback: called when all were looked at
 * @user_data: for @callback
 *
 * Looks among the user and the contacts, and then, unless these have the whole name or something closer, in the
 * directory.
 */
void
lf_people_find_async (LfClient *client, const char *who, LfPeopleMatch loosest, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  LfRoster         *roster;
  LfContact        *own;
  Hunt             *hunt;

  g_return_if_fail (LF_IS_CLIENT (client) && who != NULL);

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, lf_people_find_async);
  hunt = g_new0 (Hunt, 1);
  hunt->who = g_strdup (who);
  hunt->found = g_ptr_array_new_with_free_func (g_object_unref);
  hunt->match = LF_PEOPLE_MATCH_NONE;
  hunt->loosest = loosest;
  g_task_set_task_data (task, hunt, (GDestroyNotify) hunt_free);

  own = lf_client_get_own (client);
  roster = lf_client_get_roster (client);
  if (own != NULL)
    take (hunt, own);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (roster)); i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (G_LIST_MODEL (roster), i);

      take (hunt, contact);
    }

  if (hunt->match <= LF_PEOPLE_MATCH_NAME || g_utf8_strlen (who, -1) < MIN_DIRECTORY_CHARS)
    return_found (task);
  else
    lf_client_search_async (client, who, cancellable, on_directory_searched, g_steal_pointer (&task));
}

/**
 * lf_people_find_finish:
 * @result: of the callback
 * @error: return location
 *
 * Ends lf_people_find_async(). Sets what lf_client_search_finish() does.
 *
 * Returns: (transfer full) (nullable) (element-type LfContact): all who are named equally closely, at most
 *   %LF_PEOPLE_MAX_FOUND, perhaps nobody
 */
GPtrArray *
lf_people_find_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
