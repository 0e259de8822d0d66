/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* An entry and the list of those found with what is typed in it: the entry keeps the focus. */

#define LF_FOUND_MAX_CHARS 100 /* of the words; the directory takes no more */

void     lf_found_list_set_up (GtkEditable *entry);
gboolean lf_found_list_step (GtkListBox *list, guint key);

G_END_DECLS
