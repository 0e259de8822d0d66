/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-client.h"
#include "lf-window.h"

G_BEGIN_DECLS

/**
 * LfWindowTest:
 * @application: the program
 * @client: a fake one; borrowed from @application
 * @window: its window, drawn once; borrowed from @application
 */
typedef struct
{
  LfApplication *application;
  LfClient      *client;
  LfWindow      *window;
} LfWindowTest;

typedef void (*LfWindowTestBody) (LfWindowTest *f);

/* Runs a test inside the program's main loop, from its activation on, without an account or with one of last
 * time, whose session cannot be opened if there is a @failure. */
void       lf_window_test_add (const char *path, LfWindowTestBody body);
void       lf_window_test_add_kept (const char *path, LfError failure, LfWindowTestBody body);
GtkWidget *lf_window_test_find_toplevel (GType type); /* transfer none, nullable */

G_END_DECLS
