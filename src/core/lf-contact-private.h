/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-contact.h"

/* What LfContact holds; for lf-contact.c, which alone changes it, and lf-contact-fields.c. */

struct _LfContact
{
  GObject parent_instance;

  char    *user;  /* owned */
  char    *login; /* owned, nullable, like the strings below */
  char    *name;
  char    *title;
  char    *department;
  char    *mail;
  GStrv    addresses; /* owned, never NULL */
  char    *group;     /* owned, nullable */
  gboolean is_place;
  gboolean is_favourite;
  gboolean is_watched;
  gboolean is_armed;
  int      speed_dial;
  guint    unread;

  LfPresence *presence; /* owned, never NULL */
  LfPresence *shown;    /* owned; the presence that resolved was made of, and borrows from */
  LfResolved  resolved;
};
