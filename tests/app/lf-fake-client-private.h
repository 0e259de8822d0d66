/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-fake-client.h"

/* The fake client in two files: lf-fake-client.c is the interface, lf-fake-office.c the people. */

struct _LfClient
{
  GObject parent_instance;

  LfClock      *clock;
  LfRoster     *roster;
  LfContact    *own;
  LfTelephone  *telephone;
  LfWireMe     *me;
  GListStore   *conversations;
  GPtrArray    *directory; /* LfContact * */
  GString      *last;
  LfClientState state;
  gint64        as_of_us;
  int           failure; /* code of the next failure, or -1 */
  gint64        rev;
};
