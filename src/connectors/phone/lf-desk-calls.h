/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-phone-ua.h"

G_BEGIN_DECLS

#define LF_DESK_CALLS_MAX 50

/**
 * LfDeskCallsFuncs:
 * @result: how far a command is
 * @record: a call is over that no dialog of the line tells. @peer_uri: (nullable): SIP URI of the other telephone, if
 *   its dialogs do not tell of it either
 *
 * Who is told what becomes of commands.
 */
typedef struct
{
  void (*result) (gpointer user_data, const LfWireCommandResult *result);
  void (*record) (gpointer user_data, const char *line, const LfWireCallReport *report, const char *peer_uri);
} LfDeskCallsFuncs;

/**
 * LfDeskCalls:
 *
 * Carries out what the server commands: calls by people's own telephones, taking them back, picking up a call
 * that rings elsewhere, and “do not disturb” by a code of the telephone system.
 */
typedef struct _LfDeskCalls LfDeskCalls;

LfDeskCalls *lf_desk_calls_new (LfPhoneUa *ua, LfClock *clock, const LfPhoneConfig *config, const LfDeskCallsFuncs *funcs, gpointer user_data);
void         lf_desk_calls_free (LfDeskCalls *self);
void         lf_desk_calls_take (LfDeskCalls *self, const LfWireCommand *command);
void         lf_desk_calls_take_line (LfDeskCalls *self, const char *line, LfPhoneState state);
gboolean     lf_desk_calls_take_leg (LfDeskCalls *self, const char *line, const LfWireCallReport *report);
void         lf_desk_calls_fill (const LfPhoneConfig *config, LfWireCapabilities *capabilities);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfDeskCalls, lf_desk_calls_free)

G_END_DECLS
