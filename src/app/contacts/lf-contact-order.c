/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-contact-order.h"

static gboolean
text_matches (const char *query, const char *text)
{
  return text != NULL && g_str_match_string (query, text, TRUE);
}

/**
 * lf_contact_order_rank:
 * @contact: a person
 *
 * Tells how soon this person can be reached, for the order with the free ones first.
 *
 * Returns: 0 when free, up to 5 when nothing is known
 */
int
lf_contact_order_rank (LfContact *contact)
{
  switch (lf_contact_get_resolved (contact)->status)
    {
    case LF_DISPLAY_AVAILABLE:
    case LF_DISPLAY_ONLINE:
      return 0;
    case LF_DISPLAY_IDLE:
      return 1;
    case LF_DISPLAY_ON_THE_PHONE:
    case LF_DISPLAY_IN_A_MEETING:
    case LF_DISPLAY_DO_NOT_DISTURB:
      return 2;
    case LF_DISPLAY_AWAY:
      return 3;
    case LF_DISPLAY_OFFLINE:
      return 4;
    case LF_DISPLAY_UNKNOWN:
    default:
      return 5;
    }
}

/**
 * lf_contact_order_make_key:
 * @contact: a person
 *
 * Makes what sorts people by name, in the order of the user's language.
 *
 * Returns: (transfer full): to be compared by strcmp()
 */
char *
lf_contact_order_make_key (LfContact *contact)
{
  g_autofree char *folded = g_utf8_casefold (lf_contact_get_name (contact), -1);

  return g_utf8_collate_key (folded, -1);
}

/**
 * lf_contact_order_matches:
 * @contact: a person
 * @query: words that begin words of what is known of the person; accents may be left out
 *
 * Tells whether a search finds this person.
 *
 * Returns: %TRUE if all words are found in one of name, login, department, title and mail
 */
gboolean
lf_contact_order_matches (LfContact *contact, const char *query)
{
  return text_matches (query, lf_contact_get_name (contact)) ||
         text_matches (query, lf_contact_get_login (contact)) ||
         text_matches (query, lf_contact_get_department (contact)) ||
         text_matches (query, lf_contact_get_title (contact)) ||
         text_matches (query, lf_contact_get_mail (contact));
}
