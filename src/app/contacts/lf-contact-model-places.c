/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-contact-model.h"

/* Where people stand among the lines, and where keys lead. */

#define NO_POSITION G_MAXUINT

/**
 * lf_contact_model_find:
 * @self: the lines
 * @user: id of a person
 *
 * Finds a person's line.
 *
 * Returns: its position, or %G_MAXUINT
 */
guint
lf_contact_model_find (LfContactModel *self, const char *user)
{
  guint n_lines;

  g_return_val_if_fail (LF_IS_CONTACT_MODEL (self), NO_POSITION);

  n_lines = g_list_model_get_n_items (G_LIST_MODEL (self));
  for (guint i = 0; user != NULL && i < n_lines; i++)
    {
      LfContact *contact = lf_contact_model_get_contact (self, i);

      if (contact != NULL && g_str_equal (lf_contact_get_user (contact), user))
        return i;
    }

  return NO_POSITION;
}

/**
 * lf_contact_model_move:
 * @self: the lines
 * @position: where to start; past the end: above the first line
 * @step: how many contacts to go, down when positive; not 0
 *
 * Finds the line to go to by key: headers are skipped, the ends are walls.
 *
 * Returns: a position that holds a contact, or %G_MAXUINT when there is none
 */
guint
lf_contact_model_move (LfContactModel *self, guint position, int step)
{
  guint  n_lines;
  guint  found = NO_POSITION;
  gint64 i;

  g_return_val_if_fail (LF_IS_CONTACT_MODEL (self), NO_POSITION);
  g_return_val_if_fail (step != 0, NO_POSITION);

  n_lines = g_list_model_get_n_items (G_LIST_MODEL (self));
  if (position >= n_lines)
    i = step > 0 ? -1 : (gint64) n_lines;
  else
    {
      i = position;
      if (lf_contact_model_get_contact (self, position) != NULL)
        found = position;
    }

  for (int left = ABS (step); left > 0;)
    {
      i += step > 0 ? 1 : -1;
      if (i < 0 || i >= (gint64) n_lines)
        break;
      if (lf_contact_model_get_contact (self, (guint) i) == NULL)
        continue;
      found = (guint) i;
      left--;
    }

  return found;
}
