/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-hub.h"
#include "lf-store-accounts.h"
#include "lf-wire-explain.h"

G_BEGIN_DECLS

/**
 * LfExplainJob:
 * @who: in; user id or login; owned
 * @now_us: in
 * @account: out
 * @claims: out: what the person chose
 * @sessions: out: of LfSessionRow
 * @sources: out: of LfBusySource
 * @busy: out: of all sources
 * @left_us: out: when the person left the meeting that runs, or LF_INSTANT_NONE
 * @left_until_us: out: when that meeting ends
 *
 * What is stored of a person, for an explanation.
 */
typedef struct
{
  char       *who;
  gint64      now_us;
  LfAccount  *account;
  LfClaims   *claims;
  GPtrArray  *sessions;
  GPtrArray  *sources;
  LfWireBusy *busy;
  gint64      left_us;
  gint64      left_until_us;
} LfExplainJob;

LfExplainJob *lf_explain_job_new (const char *who, gint64 now_us);
void          lf_explain_job_free (LfExplainJob *self);
/* A store job. NOT_FOUND: nobody has that id or login. */
gboolean lf_explain_job_run (LfDb *db, gpointer data, GError **error);
/* With what is in memory. @is_running: FALSE for a hub made of what is stored, with no server behind it. */
LfWireExplanation *lf_explain_make (const LfExplainJob *facts, LfHub *hub, gboolean is_running); /* transfer full */
/* For people to read: no message, no title, no note. */
char *lf_explain_to_text (const LfWireExplanation *explanation); /* transfer full */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfExplainJob, lf_explain_job_free)

G_END_DECLS
