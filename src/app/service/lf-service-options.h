/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lampfield-core.h"

G_BEGIN_DECLS

/**
 * LfServiceOptions:
 * @note: (nullable): the custom text; borrowed from what was read
 * @emoji: (nullable): its emoji; borrowed from what was read
 * @until_us: when it ends, or %LF_INSTANT_NONE
 *
 * The options of what another program sets.
 */
typedef struct
{
  const char *note;
  const char *emoji;
  gint64      until_us;
} LfServiceOptions;

gboolean lf_service_options_read (GVariant *options, gboolean has_note, gint64 now_us, LfServiceOptions *read, GError **error);
/* @who as it is looked up: stripped (transfer full), or NULL for what names nobody. */
char *lf_service_options_read_who (const char *who, GError **error);

G_END_DECLS
