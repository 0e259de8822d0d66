/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-dial-plan.h"

G_BEGIN_DECLS

/**
 * LfAddressOrigin:
 * @LF_ADDRESS_WRITTEN: a person or a directory wrote it: "+49 (0)30 555-2041", "sip:ada@example.org"
 * @LF_ADDRESS_SIGNALLED: the telephone system said it of a call
 *
 * Who spelt an address: the telephone system may put in front what it wants dialled.
 */
typedef enum
{
  LF_ADDRESS_WRITTEN,
  LF_ADDRESS_SIGNALLED,
} LfAddressOrigin;

#define LF_ADDRESS_NORMAL_MAX 160 /* characters of what lf_address_normalise() returns */

char    *lf_address_normalise (const LfDialPlan *plan, const char *address, LfAddressOrigin origin, GError **error);
gboolean lf_address_is_allowed (const LfDialPlan *plan, const char *normal);
char    *lf_address_to_dial (const LfDialPlan *plan, const char *normal);

G_END_DECLS
