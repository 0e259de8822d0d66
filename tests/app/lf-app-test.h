/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "lf-test-util.h"

G_BEGIN_DECLS

#define LF_APP_TEST_NOW_US (G_GINT64_CONSTANT (1763978520) * 1000000) /* Mon 2025-11-24 10:02:00 UTC */

void       lf_app_test_init (int *argc, char ***argv);
void       lf_app_test_speak (void);
GtkWidget *lf_app_test_show (GtkWidget *child, int width, int height);
void       lf_app_test_close (GtkWidget *window);
void       lf_app_test_take_picture (GtkWidget *window, const char *name);
GtkWidget *lf_app_test_find (GtkWidget *root, GType type, const char *css_class);
char      *lf_app_test_read_texts (GtkWidget *root);

G_END_DECLS
