/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-hub"

#include "config.h"

#include "lf-presentity.h"

/* In order of rank: the first that any line has is the person's. */
static const LfPhoneState ranking[] = { LF_PHONE_DO_NOT_DISTURB, LF_PHONE_OFF_HOOK, LF_PHONE_HELD, LF_PHONE_RINGING, LF_PHONE_ON_HOOK };

/**
 * lf_line_is_primary_of:
 * @line: a line
 * @user: whose it is, alone or among others
 *
 * Returns: %TRUE if it is that person's first line
 */
gboolean
lf_line_is_primary_of (const LfLine *line, const char *user)
{
  const LfLineShare *share = lf_line_shares_find (line->shares, user);

  return share != NULL ? share->is_primary : line->is_primary;
}

/**
 * lf_line_list_people:
 * @line: a line
 *
 * Returns: (transfer container) (element-type utf8): ids of all whose it is, the person it was assigned to first;
 *   until the hub hears something else
 */
GPtrArray *
lf_line_list_people (const LfLine *line)
{
  GPtrArray *people = g_ptr_array_new ();

  if (line->user != NULL)
    g_ptr_array_add (people, line->user);
  for (guint i = 0; line->shares != NULL && i < line->shares->len; i++)
    g_ptr_array_add (people, ((LfLineShare *) line->shares->pdata[i])->user);
  return people;
}

/**
 * lf_line_get_state:
 * @line: a line
 * @user: whose it is
 *
 * DND of a line that is not the primary one says nothing about the person: the line is usable.
 *
 * Returns: what the line counts as
 */
LfPhoneState
lf_line_get_state (const LfLine *line, const char *user)
{
  if (line->state == LF_PHONE_DO_NOT_DISTURB && !lf_line_is_primary_of (line, user))
    return LF_PHONE_ON_HOOK;
  return line->state;
}

/**
 * lf_line_get_rank:
 * @line: a line
 * @user: whose it is
 *
 * Returns: its place among a person's lines, 0 for the strongest state; %LF_N_PHONE_STATES if nothing
 *   is known of it
 */
guint
lf_line_get_rank (const LfLine *line, const char *user)
{
  return lf_phone_state_get_rank (lf_line_get_state (line, user));
}

/**
 * lf_phone_state_get_rank:
 * @state: of a line, or what a device claims
 *
 * Returns: its place among all that is said of a person's phone, 0 for the strongest;
 *   %LF_N_PHONE_STATES if it says nothing
 */
guint
lf_phone_state_get_rank (LfPhoneState state)
{
  for (guint i = 0; i < G_N_ELEMENTS (ranking); i++)
    if (ranking[i] == state)
      return i;
  return LF_N_PHONE_STATES;
}
