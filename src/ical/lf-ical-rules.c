/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-ical"

#include "config.h"

#include "lf-ical-rules.h"
#include "lf-instant.h"

/* The rules of what counts as busy, in one place:
 *
 *   STATUS:CANCELLED, or declined by the owner        nothing
 *   X-MICROSOFT-CDO-BUSYSTATUS, if it says something  FREE nothing, TENTATIVE, BUSY, OOF, WORKINGELSEWHERE
 *   else TRANSP:TRANSPARENT                           nothing
 *   else STATUS:TENTATIVE                             tentative
 *   else                                              busy
 *   then the owner's PARTSTAT TENTATIVE, NEEDS-ACTION lowers busy to tentative
 *   then dates, and 24 hours and more                 all_day, unless out of office or elsewhere
 */

#define IS_ABSENT  -2
#define IS_NOTHING -1

static gboolean
is_word (const char *text,
         const char *word)
{
  return text != NULL && g_ascii_strcasecmp (text, word) == 0;
}

static int
read_busy_status (const char *text)
{
  static const struct
  {
    const char *word;
    int         type;
  } table[] = {
    { "FREE", IS_NOTHING },
    { "TENTATIVE", LF_BUSY_TENTATIVE },
    { "BUSY", LF_BUSY_BUSY },
    { "OOF", LF_BUSY_OUT_OF_OFFICE },
    { "WORKINGELSEWHERE", LF_BUSY_ELSEWHERE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      if (is_word (text, table[i].word))
        return table[i].type;
    }
  return IS_ABSENT;
}

/**
 * lf_ical_part_from_text:
 * @part_stat: (nullable): PARTSTAT of an ATTENDEE; absent means that no answer was given
 *
 * Source: RFC 5545 section 3.2.12; a word it does not know is a NEEDS-ACTION.
 *
 * Returns: the answer
 */
LfIcalPart
lf_ical_part_from_text (const char *part_stat)
{
  if (is_word (part_stat, "DECLINED"))
    return LF_ICAL_PART_DECLINED;
  if (is_word (part_stat, "TENTATIVE"))
    return LF_ICAL_PART_TENTATIVE;
  if (is_word (part_stat, "ACCEPTED"))
    return LF_ICAL_PART_ACCEPTED;
  if (is_word (part_stat, "DELEGATED"))
    return LF_ICAL_PART_DECLINED; /* somebody else goes in the owner's place */
  return LF_ICAL_PART_NEEDS_ACTION;
}

/**
 * lf_ical_rules_resolve:
 * @claim: what the event says
 * @type: (out): the type of its periods
 *
 * Decides whether an event holds its owner, and how. Whether it is private plays no part.
 *
 * Returns: %FALSE if the event counts for nothing
 */
gboolean
lf_ical_rules_resolve (const LfIcalClaim *claim,
                       LfBusyType        *type)
{
  int found;

  g_return_val_if_fail (claim != NULL, FALSE);
  g_return_val_if_fail (type != NULL, FALSE);

  if (is_word (claim->status, "CANCELLED") || claim->part == LF_ICAL_PART_DECLINED)
    return FALSE;

  found = read_busy_status (claim->busy_status);
  if (found == IS_ABSENT && is_word (claim->transp, "TRANSPARENT"))
    found = IS_NOTHING;
  if (found == IS_ABSENT)
    found = is_word (claim->status, "TENTATIVE") ? LF_BUSY_TENTATIVE : LF_BUSY_BUSY;
  if (found == IS_NOTHING)
    return FALSE;

  if (found == LF_BUSY_BUSY &&
      (claim->part == LF_ICAL_PART_TENTATIVE || claim->part == LF_ICAL_PART_NEEDS_ACTION))
    found = LF_BUSY_TENTATIVE;
  *type = found;
  return TRUE;
}

/**
 * lf_ical_rules_widen:
 * @type: what the event was resolved to
 * @is_date: it starts on a date, not at a time
 * @length_us: how long it takes, microseconds
 *
 * Makes whole days out of what takes whole days: nobody sits in one meeting for 24 hours. Being
 * out of office or elsewhere says more than "all day" and stays what it is.
 *
 * Returns: the type to publish
 */
LfBusyType
lf_ical_rules_widen (LfBusyType type,
                     gboolean   is_date,
                     gint64     length_us)
{
  if (type != LF_BUSY_BUSY && type != LF_BUSY_TENTATIVE)
    return type;
  return is_date || length_us >= LF_DAY ? LF_BUSY_ALL_DAY : type;
}

/**
 * lf_ical_rules_for_busy_type:
 * @busy_type: (nullable): BUSYTYPE of a VAVAILABILITY; absent means BUSY-UNAVAILABLE
 *
 * Who is not available sits in no meeting: it is never #LF_BUSY_BUSY.
 *
 * Source: RFC 7953 section 3.2: a word it does not know is BUSY-UNAVAILABLE.
 *
 * Returns: the type of the time that is not available
 */
LfBusyType
lf_ical_rules_for_busy_type (const char *busy_type)
{
  return is_word (busy_type, "BUSY-TENTATIVE") ? LF_BUSY_TENTATIVE : LF_BUSY_OUT_OF_OFFICE;
}

/**
 * lf_ical_rules_for_fb_type:
 * @fb_type: (nullable): FBTYPE of a FREEBUSY; absent means BUSY
 * @type: (out): the type of its periods
 *
 * Source: RFC 5545 section 3.2.9: a word it does not know is BUSY.
 *
 * Returns: %FALSE if it counts for nothing
 */
gboolean
lf_ical_rules_for_fb_type (const char *fb_type,
                           LfBusyType *type)
{
  g_return_val_if_fail (type != NULL, FALSE);

  if (is_word (fb_type, "FREE"))
    return FALSE;
  if (is_word (fb_type, "BUSY-TENTATIVE"))
    *type = LF_BUSY_TENTATIVE;
  else if (is_word (fb_type, "BUSY-UNAVAILABLE"))
    *type = LF_BUSY_OUT_OF_OFFICE;
  else
    *type = LF_BUSY_BUSY;
  return TRUE;
}
