/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfDialPlan:
 * @country_code: of the site, without +: "49"; empty: numbers of the country are not understood
 * @area_code: of the site, without the trunk prefix: "30"; empty: numbers of the town are not understood
 * @trunk_prefix: what stands before a number of the country: "0"; empty: nothing
 * @international_prefix: what stands before a number of another country: "00"
 * @outside_prefix: what the telephone system wants before every number outside: "0"; empty: nothing
 * @main_number: which extensions follow when they are called from outside: "+4930555"; empty: none
 * @min_extension: fewest digits of an extension
 * @max_extension: most digits of one
 * @n_national: digits of every number of the country; 0: they differ
 * @domains: hosts in SIP URIs that are this site's own
 * @emergency: numbers that are dialled by hand only
 * @has_signalled_prefix: the telephone system writes @outside_prefix before the numbers of callers, too
 * @is_e164: the telephone system takes numbers outside with + and country code
 * @allow: which numbers may be called for somebody, see lf_address_is_allowed()
 * @refuse: which of these may not
 *
 * How a site writes and dials telephone numbers. Every string and array is owned and never %NULL.
 */
typedef struct
{
  char    *country_code;
  char    *area_code;
  char    *trunk_prefix;
  char    *international_prefix;
  char    *outside_prefix;
  char    *main_number;
  guint    min_extension;
  guint    max_extension;
  guint    n_national;
  char   **domains;
  char   **emergency;
  gboolean has_signalled_prefix;
  gboolean is_e164;
  char   **allow;
  char   **refuse;
} LfDialPlan;

LfDialPlan *lf_dial_plan_new (void);
void        lf_dial_plan_free (LfDialPlan *self);
gboolean    lf_dial_plan_set (LfDialPlan *self, const char *key, const char *value, GError **error);
gboolean    lf_dial_plan_validate (const LfDialPlan *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfDialPlan, lf_dial_plan_free)

G_END_DECLS
