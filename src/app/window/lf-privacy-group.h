/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_TYPE_PRIVACY_GROUP (lf_privacy_group_get_type ())

/**
 * LfPrivacyGroup:
 *
 * The group “Who sees what” of the preferences: what colleagues see of the user's calendar. It stays
 * insensitive until that is known.
 */
G_DECLARE_FINAL_TYPE (LfPrivacyGroup, lf_privacy_group, LF, PRIVACY_GROUP, AdwPreferencesGroup)

void lf_privacy_group_set_client (LfPrivacyGroup *self, LfClient *client); /* once */

G_END_DECLS
