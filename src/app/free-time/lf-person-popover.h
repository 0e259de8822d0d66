/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_TYPE_PERSON_POPOVER (lf_person_popover_get_type ())

/**
 * LfPersonPopover:
 *
 * Finds a person while the name is typed: among the contacts at once, and in the directory. Signal
 * "chosen" (LfContact): one was; it may be in no roster.
 */
G_DECLARE_FINAL_TYPE (LfPersonPopover, lf_person_popover, LF, PERSON_POPOVER, GtkPopover)

/* Whether a person is to be left out. */
typedef gboolean (*LfPersonFilter) (LfContact *contact, gpointer user_data);

void lf_person_popover_set_client (LfPersonPopover *self, LfClient *client, LfPersonFilter leaves_out, gpointer user_data);

G_END_DECLS
