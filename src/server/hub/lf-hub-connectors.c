/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-hub"

#include "config.h"

#include "lf-hub-private.h"

/* What goes wrong with a connector, as an administrator is told. */

#define MAX_TROUBLES 100 /* of lines or calendars; there may be thousands */

/* "\t2026-03-02T09:00:00.000Z\tline 2041: “PBX” says: …" */
static char *
format_trouble (const char *key, const LfTrouble *trouble)
{
  char        at[LF_INSTANT_MAX_CHARS];
  const char *line = lf_hub_get_line_of_key (key);
  const char *calendar = lf_hub_get_calendar_of_key (key);

  lf_instant_format (trouble->at_us, at);
  if (line != NULL)
    return g_strdup_printf ("\t%s\tline %s: %s", at, line, trouble->words);
  if (calendar != NULL)
    return g_strdup_printf ("\t%s\tcalendar %s: %s", at, calendar, trouble->words);
  return g_strdup_printf ("\t%s\t%s", at, trouble->words);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* What it said itself, the oldest first. */
static GPtrArray *
list_troubles (LfHub *self, const char *token)
{
  GPtrArray       *texts = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter   iter;
  const char      *key;
  const LfTrouble *trouble;

  g_hash_table_iter_init (&iter, self->troubles);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, (gpointer *) &trouble))
    if (g_strcmp0 (trouble->reporter, token) == 0)
      g_ptr_array_add (texts, format_trouble (key, trouble));
  g_ptr_array_sort (texts, compare_texts);
  return texts;
}

/**
 * lf_hub_describe_connector:
 * @self: a hub
 * @token: id of a connector's service token
 * @texts: gets the words: whether it is connected, and how many lines it reports; then, indented, what it says is
 *   wrong with it and with its lines, and since when
 *
 * Tells an administrator of a connector.
 */
void
lf_hub_describe_connector (LfHub *self, const char *token, GStrvBuilder *texts)
{
  g_autoptr (GPtrArray) troubles = NULL;
  g_autoptr (GString)   head = NULL;
  GHashTableIter        iter;
  const LfLine         *line;
  guint                 n_lines = 0;
  guint                 n_unknown = 0;

  g_return_if_fail (LF_IS_HUB (self) && token != NULL && texts != NULL);

  g_hash_table_iter_init (&iter, self->lines);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &line))
    if (g_strcmp0 (line->owner, token) == 0)
      {
        n_lines++;
        n_unknown += line->state == LF_PHONE_UNKNOWN;
      }
  head = g_string_new (lf_hub_has_connector (self, token) ? "connected" : "away");
  if (n_lines > 0)
    g_string_append_printf (head, "\t%u lines, %u of them unknown", n_lines, n_unknown);
  g_strv_builder_add (texts, head->str);

  troubles = list_troubles (self, token);
  for (guint i = 0; i < MIN (troubles->len, MAX_TROUBLES); i++)
    g_strv_builder_add (texts, troubles->pdata[i]);
  if (troubles->len > MAX_TROUBLES)
    {
      g_autofree char *rest = g_strdup_printf ("\tand %u more", troubles->len - MAX_TROUBLES);

      g_strv_builder_add (texts, rest);
    }
}
