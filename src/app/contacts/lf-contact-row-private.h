/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-contact-row.h"
#include "lf-portrait.h"
#include "lf-row-text.h"

/* The row in two files: lf-contact-row.c knows the person, lf-contact-row-draw.c lays out and draws. */

G_BEGIN_DECLS

/* The parts behind the text that few rows have, from the text on. */
typedef enum
{
  PART_ACTIONS, /* when pointed at */
  PART_BELL,    /* when watched */
  PART_UNREAD,  /* when something is unread */
  N_PARTS,
} Part;

/* A list makes some 205 rows, most of them never seen. So a row is a single widget with the portrait as its only child:
 * it lays its children out itself, and draws text and badge without a widget or a style of their own. */
struct _LfContactRow
{
  GtkWidget parent_instance;

  LfRoster   *roster;  /* owned */
  LfContact  *contact; /* owned, nullable */
  char       *told;    /* owned, nullable: the accessible name as it is */
  GtkWidget  *item;    /* borrowed from the list view while in it: the parent, nullable */
  LfPortrait *portrait;
  GtkWidget  *parts[N_PARTS]; /* nullable until first shown */
  LfRowText  *text;           /* owned */

  GdkRectangle    text_area;
  LfDisplayStatus status;
  gboolean        is_hollow;
  gboolean        is_compact;
  gboolean        is_stale; /* minutes may have passed out of sight */
  gulong          tick_handler;
  gulong          state_handler;
};

int  lf_contact_row_get_portrait_size (LfContactRow *self);
void lf_contact_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline);
void lf_contact_row_size_allocate (GtkWidget *widget, int width, int height, int baseline);
void lf_contact_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);

G_END_DECLS
