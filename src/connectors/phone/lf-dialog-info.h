/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-line-state.h"

G_BEGIN_DECLS

#define LF_DIALOG_INFO_TYPE        "application/dialog-info+xml"
#define LF_DIALOG_INFO_MAX_DIALOGS 200
#define LF_DIALOG_MAX_CHARS        255          /* of an id, an address or a name; what is longer is cut */
#define LF_OWN_CALL_ID_PREFIX      "lampfield-" /* of the Call-ID of each leg that a connector makes */

/**
 * LfDialogState:
 * @LF_DIALOG_TRYING: an INVITE was sent
 * @LF_DIALOG_PROCEEDING: something answered
 * @LF_DIALOG_EARLY: it rings
 * @LF_DIALOG_CONFIRMED: it was picked up
 * @LF_DIALOG_TERMINATED: it is over
 *
 * How far a dialog is. Source: RFC 4235 section 3.7.1.
 */
typedef enum
{
  LF_DIALOG_TRYING,
  LF_DIALOG_PROCEEDING,
  LF_DIALOG_EARLY,
  LF_DIALOG_CONFIRMED,
  LF_DIALOG_TERMINATED,
} LfDialogState;

/**
 * LfDialog:
 * @id: names it within one subscription
 * @state: how far it is
 * @direction: seen from the line
 * @is_held: the line's own end renders no media
 * @peer: (nullable): SIP URI of the other end
 * @peer_name: (nullable): its display name
 * @call_id: (nullable): Call-ID of RFC 3261
 * @started_us: when it was first seen, or %LF_INSTANT_NONE: it had begun before
 * @answered_us: when it was first seen to be confirmed, or %LF_INSTANT_NONE
 *
 * One dialog of a line. The instants are whose it is that follows the dialog: a document has none.
 */
typedef struct
{
  char           *id;
  LfDialogState   state;
  LfCallDirection direction;
  gboolean        is_held;
  char           *peer;
  char           *peer_name;
  char           *call_id;
  gint64          started_us;
  gint64          answered_us;
} LfDialog;

/**
 * LfDialogInfo:
 * @version: rises by one with each document of a subscription
 * @is_full: all dialogs stand in it; otherwise only what changed
 * @dialogs: (element-type LfDialog): owned
 *
 * A document of event package "dialog".
 */
typedef struct
{
  guint      version;
  gboolean   is_full;
  GPtrArray *dialogs;
} LfDialogInfo;

LfDialogInfo *lf_dialog_info_parse (const char *text, gsize length, GError **error);
void          lf_dialog_info_free (LfDialogInfo *self);
void          lf_dialog_free (LfDialog *self);
gboolean      lf_dialog_is_own (const LfDialog *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfDialog, lf_dialog_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfDialogInfo, lf_dialog_info_free)

G_END_DECLS
