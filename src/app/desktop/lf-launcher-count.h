/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-client.h"

G_BEGIN_DECLS

#define LF_TYPE_LAUNCHER_COUNT (lf_launcher_count_get_type ())

/**
 * LfLauncherCount:
 *
 * The number on the program's icon in docks and panels: unread messages and missed calls, as the window
 * counts them. It is said on the session bus to whoever listens; where nobody does, nothing happens.
 *
 * Source: the signal Update of com.canonical.Unity.LauncherEntry, which GNOME's and KDE's docks know.
 */
G_DECLARE_FINAL_TYPE (LfLauncherCount, lf_launcher_count, LF, LAUNCHER_COUNT, GObject)

LfLauncherCount *lf_launcher_count_new (LfClient *client);

G_END_DECLS
