/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-window.h"

G_BEGIN_DECLS

/**
 * LfScreenshotPlan:
 * @path: of the PNG to write
 * @page: "contacts", "contact", "chat", "chats", "calls", "status", "find", "find-time" or "preferences"; %NULL: "contact",
 *   or "contacts" where there is room for one of them
 * @width: of the window, or 0
 * @height: of the window, or 0
 *
 * What `--screenshot` was told.
 */
typedef struct
{
  char *path;
  char *page;
  int   width;
  int   height;
} LfScreenshotPlan;

void     lf_screenshot_take_async (LfWindow *window, const LfScreenshotPlan *plan, GAsyncReadyCallback callback, gpointer user_data);
gboolean lf_screenshot_take_finish (GAsyncResult *result, GError **error);

G_END_DECLS
