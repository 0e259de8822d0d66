/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-notifier.h"

/* What the two files of the notifier share: lf-notifier.c decides what is told, lf-notifier-server.c
 * brings it to the screen. */

G_BEGIN_DECLS

typedef enum
{
  NOTICE_AVAILABLE,
  NOTICE_MESSAGE,
  NOTICE_BACKGROUND,
} NoticeKind;

/* One person's notification: what it says, and the one on the screen, if any. */
typedef struct
{
  char      *user; /* owned */
  NoticeKind kind;
  char      *summary; /* owned */
  char      *body;    /* owned; plain text */
  char      *token;   /* owned, nullable: lets a window come to the front */
  guint32    id;      /* the server's; 0 until it has answered */
  guint      serial;  /* of the call that is on its way to the server; 0: none */
  gboolean   is_due;  /* to be shown at the next answer of the server */
} Notice;

struct _LfNotifier
{
  GObject parent_instance;

  GHashTable      *notices;      /* owned; user id → Notice, owned */
  GHashTable      *deferred;     /* owned; user id → LfContact, owned: available while quiet */
  GDBusConnection *bus;          /* owned, nullable until asked for */
  GCancellable    *cancellable;  /* owned */
  guint            subscription; /* of the server's signals, on the bus */
  guint            last_serial;
  gboolean         takes_markup; /* the server, as it said last */
  gboolean         is_asking;    /* the server was asked whether it is there */
  gboolean         is_quiet;
  gboolean         shows_text; /* the text of messages may be read on the screen */
  gboolean         has_logged; /* that there is no server */
};

void lf_notifier_close_on_screen (LfNotifier *self, guint32 id);
void lf_notifier_flush (LfNotifier *self);

G_END_DECLS
