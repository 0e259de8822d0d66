/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-screenshot.h"

G_BEGIN_DECLS

/**
 * LfLaunch:
 * @server: (nullable): `--server`; owned
 * @refresh_token: (nullable): read from `--session-fd`; owned
 * @is_hidden: `--background`: without a window until it is asked for
 * @shot: of `--screenshot`; path %NULL: no picture
 *
 * How the program was told to open.
 */
typedef struct
{
  char            *server;
  char            *refresh_token;
  gboolean         is_hidden;
  LfScreenshotPlan shot;
} LfLaunch;

void     lf_launch_add_options (GApplication *application);
gboolean lf_launch_read (LfLaunch *launch, GVariantDict *options);
void     lf_launch_clear (LfLaunch *launch);

G_END_DECLS
