/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <string.h>

#include "lf-contact-order.h"

#define MIN_DIGITS 2 /* of a number that finds somebody */

static gboolean
text_matches (const char *query, const char *text)
{
  return text != NULL && g_str_match_string (query, text, TRUE);
}

static char *
keep_digits (const char *text, gsize length)
{
  GString *digits = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    if (g_ascii_isdigit (text[i]))
      g_string_append_c (digits, text[i]);

  return g_string_free (digits, FALSE);
}

/* Zeros in front are how a number is dialled from somewhere, not a part of it. */
static gboolean
number_matches (const char *query, LfContact *contact)
{
  const char *const *addresses = lf_contact_get_addresses (contact);
  g_autofree char   *number = lf_contact_order_read_number (query);
  const char        *wanted;

  if (number == NULL || addresses == NULL)
    return FALSE;

  wanted = number + strspn (number, "0");
  for (gsize i = 0; strlen (wanted) >= MIN_DIGITS && addresses[i] != NULL; i++)
    {
      const char      *colon = strchr (addresses[i], ':');
      const char      *start = colon != NULL ? colon + 1 : addresses[i];
      g_autofree char *digits = keep_digits (start, strcspn (start, "@;?")); /* sip:2041@host, tel:2041;ext=1 */

      if (strstr (digits, wanted) != NULL)
        return TRUE;
    }

  return FALSE;
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
 * Returns: %TRUE if all words are found in one of name, login, department, title and mail, or a part of a number in
 *   one of the addresses
 */
gboolean
lf_contact_order_matches (LfContact *contact, const char *query)
{
  return text_matches (query, lf_contact_get_name (contact)) ||
         text_matches (query, lf_contact_get_login (contact)) ||
         text_matches (query, lf_contact_get_department (contact)) ||
         text_matches (query, lf_contact_get_title (contact)) ||
         text_matches (query, lf_contact_get_mail (contact)) ||
         number_matches (query, contact);
}

/**
 * lf_contact_order_read_number:
 * @query: what somebody types who looks for a person
 *
 * Reads a number that can be called, as people write them: "+49 (30) 20-41", "*80".
 *
 * Returns: (transfer full) (nullable): its digits, at least two; %NULL if it is none
 */
char *
lf_contact_order_read_number (const char *query)
{
  char *digits;

  g_return_val_if_fail (query != NULL, NULL);

  if (query[strspn (query, "0123456789+*#()/.- ")] != '\0')
    return NULL;
  digits = keep_digits (query, strlen (query));
  if (strlen (digits) < MIN_DIGITS)
    g_clear_pointer (&digits, g_free);

  return digits;
}
