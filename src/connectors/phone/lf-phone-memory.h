/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-phone-turns.h"
#include "lf-phone-ua.h"

G_BEGIN_DECLS

/**
 * LfPhoneMemoryFuncs:
 * @forgotten: the PBX has forgotten all: everything is to be asked for anew
 * @unanswered: it does not answer
 *
 * What is told of the memory of a PBX.
 */
typedef struct
{
  void (*forgotten) (gpointer user_data);
  void (*unanswered) (gpointer user_data);
} LfPhoneMemoryFuncs;

/**
 * LfPhoneMemory:
 *
 * Whether the PBX still knows what is watched there. One that restarts within a second is not noticed by its link:
 * a subscription of a short life, the canary, is refreshed every few seconds, and such a PBX does not know it.
 */
typedef struct _LfPhoneMemory LfPhoneMemory;

LfPhoneMemory *lf_phone_memory_new (LfPhoneUa *ua, LfClock *clock, LfPhoneTurns *turns, LfEventPackage package, const LfPhoneMemoryFuncs *funcs, gpointer user_data);
void           lf_phone_memory_free (LfPhoneMemory *self);
void           lf_phone_memory_watch (LfPhoneMemory *self, const char *uri);
void           lf_phone_memory_miss (LfPhoneMemory *self);
void           lf_phone_memory_renew (LfPhoneMemory *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfPhoneMemory, lf_phone_memory_free)

G_END_DECLS
