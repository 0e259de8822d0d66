/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_TYPE_CALL_LIST (lf_call_list_get_type ())

/**
 * LfCallList:
 *
 * Missed, received and placed calls, by person, with how each of them is now.
 */
G_DECLARE_FINAL_TYPE (LfCallList, lf_call_list, LF, CALL_LIST, AdwBin)

void lf_call_list_set_client (LfCallList *self, LfClient *client, GSettings *settings);

G_END_DECLS
