/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-busy.h"

G_BEGIN_DECLS

/**
 * LfIcalPart:
 * @LF_ICAL_PART_NONE: the owner is no attendee
 * @LF_ICAL_PART_DECLINED: will not come, or sends somebody else
 * @LF_ICAL_PART_NEEDS_ACTION: has not answered
 * @LF_ICAL_PART_TENTATIVE: may come
 * @LF_ICAL_PART_ACCEPTED: comes
 *
 * What the owner answered to an invitation. When invited under several addresses, the highest counts.
 */
typedef enum
{
  LF_ICAL_PART_NONE,
  LF_ICAL_PART_DECLINED,
  LF_ICAL_PART_NEEDS_ACTION,
  LF_ICAL_PART_TENTATIVE,
  LF_ICAL_PART_ACCEPTED,
} LfIcalPart;

/* What an event says about whether it holds its owner; strings borrowed, nullable. */
typedef struct
{
  const char *status;      /* STATUS */
  const char *transp;      /* TRANSP */
  const char *busy_status; /* X-MICROSOFT-CDO-BUSYSTATUS */
  LfIcalPart  part;        /* PARTSTAT of the owner */
} LfIcalClaim;

LfIcalPart lf_ical_part_from_text (const char *part_stat);
gboolean   lf_ical_rules_resolve (const LfIcalClaim *claim, LfBusyType *type);
LfBusyType lf_ical_rules_widen (LfBusyType type, gboolean is_date, gint64 length_us);
LfBusyType lf_ical_rules_for_busy_type (const char *busy_type);
gboolean   lf_ical_rules_for_fb_type (const char *fb_type, LfBusyType *type);

G_END_DECLS
