/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-address-book.h"
#include "lf-hub.h"

G_BEGIN_DECLS

#define LF_TYPE_CALLS (lf_calls_get_type ())

/**
 * LfCalls:
 *
 * Calls that the server has made for people, by the telephone connectors; and what these connectors can
 * do. Everything is in memory: a call does not outlive the server that watches it.
 *
 * Signals:
 * - "phone-changed" (const char *user): what the person's own telephones can do is another thing now.
 */
G_DECLARE_FINAL_TYPE (LfCalls, lf_calls, LF, CALLS, GObject)

/**
 * LfCallPlan:
 * @user: who calls
 * @key: of the request, so that it can be repeated
 * @line: one of the person's own
 * @kind: call or pickup
 * @to_dial: what the connector is told to call
 * @address: what is shown
 * @other: (nullable): whose @address is
 * @name: (nullable): the other one's
 *
 * A call that was checked and may be made. Owned by whoever holds it.
 */
typedef struct
{
  char         *user;
  char         *key;
  char         *line;
  LfCommandKind kind;
  char         *to_dial;
  char         *address;
  char         *other;
  char         *name;
} LfCallPlan;

void lf_call_plan_free (LfCallPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfCallPlan, lf_call_plan_free)

LfCalls *lf_calls_new (LfHub *hub, LfClock *clock, const LfConfig *config);

/* What may be called. All three set errors of LF_SERVER_ERROR. */
LfCallPlan       *lf_calls_plan (LfCalls *self, const char *user, const char *key, const LfWireCallRequest *request, GError **error);
const LfWireCall *lf_calls_find_repeated (LfCalls *self, const char *user, const char *key, const LfWireCallRequest *request, gboolean *is_other);
const LfWireCall *lf_calls_start (LfCalls *self, const LfCallPlan *plan, const LfWireCallRequest *request, GError **error);
gboolean          lf_calls_cancel (LfCalls *self, const char *user, const char *id);

/* Telephone connectors: what they say on their streams. */
void lf_calls_take_capabilities (LfCalls *self, const char *connector, const LfWireCapabilities *capabilities);
void lf_calls_take_result (LfCalls *self, const char *connector, const LfWireCommandResult *result);
void lf_calls_take_gone (LfCalls *self, const char *connector);
/* @user switched “do not disturb”, as the hub knows by now: the connectors of the person's lines are told. */
void lf_calls_set_dnd (LfCalls *self, const char *user);
/* A connector reported @line: its owner is told with whom. */
void lf_calls_take_line (LfCalls *self, const char *line);
/* A session of @user has begun: it hears what is going on. */
void lf_calls_tell_all (LfCalls *self, const char *user);
/* Lines were assigned anew, or got another connector. */
void lf_calls_look_again (LfCalls *self);

LfWireOwnPhone *lf_calls_make_own_phone (LfCalls *self, const char *user); /* transfer full, nullable */

/* Who has which address; nullable until it was read. */
void           lf_calls_set_book (LfCalls *self, LfAddressBook *book);
LfAddressBook *lf_calls_get_book (LfCalls *self); /* transfer none, nullable */

/* How many calls ended in which state since the start; of a state that is not final, how many are in it. */
guint64 lf_calls_count (LfCalls *self, LfCallState state);

G_END_DECLS
