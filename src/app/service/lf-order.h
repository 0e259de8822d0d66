/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-order-time.h"

G_BEGIN_DECLS

/* What `lampfield` returns to a shell. */
#define LF_ORDER_DONE        0
#define LF_ORDER_NOBODY      1 /* or several, or refused */
#define LF_ORDER_USAGE       2
#define LF_ORDER_UNREACHABLE 3 /* no client runs, nobody is signed in, or the server is away */

/**
 * LfOrderKind:
 * @LF_ORDER_NONE: the program opens as usual
 * @LF_ORDER_STATUS: `--status`
 * @LF_ORDER_DND: `--dnd`
 * @LF_ORDER_WHO: `--who`
 * @LF_ORDER_CALL: `--call`
 * @LF_ORDER_CHAT: `--chat`
 *
 * What is asked of the running client on a command line.
 */
typedef enum
{
  LF_ORDER_NONE,
  LF_ORDER_STATUS,
  LF_ORDER_DND,
  LF_ORDER_WHO,
  LF_ORDER_CALL,
  LF_ORDER_CHAT,
} LfOrderKind;

/**
 * LfOrder:
 * @kind: what is asked for
 * @argument: (nullable): of that option; owned
 * @note: (nullable): `--note`; owned
 * @emoji: (nullable): `--emoji`; owned
 * @for_us: of `--for`, or 0
 * @until_us: of `--until`, or %LF_INSTANT_NONE
 * @is_json: `--json`
 *
 * A command line that another instance carries out.
 */
typedef struct
{
  LfOrderKind kind;
  char       *argument;
  char       *note;
  char       *emoji;
  gint64      for_us;
  gint64      until_us;
  gboolean    is_json;
} LfOrder;

void     lf_order_add_options (GApplication *application);
gboolean lf_order_read (LfOrder *order, GVariantDict *options, gint64 now_us, GError **error);
void     lf_order_clear (LfOrder *order);
/* Has the running client do it, over the bus; returns the exit code. Needs no display. */
int lf_order_run (const LfOrder *order);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LfOrder, lf_order_clear)

G_END_DECLS
