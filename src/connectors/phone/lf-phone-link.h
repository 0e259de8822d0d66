/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-clock.h"
#include "lf-phone-ua.h"

G_BEGIN_DECLS

/**
 * LfPhoneLink:
 *
 * Whether the PBX is there: an OPTIONS now and then (RFC 3261 section 11). A closed connection tells
 * nothing, and a PBX that is gone says nothing.
 */
typedef struct _LfPhoneLink LfPhoneLink;

/**
 * LfPhoneLinkFuncs:
 * @lost: two questions on end were not answered
 * @back: the PBX answers again
 *
 * What is told of the link.
 */
typedef struct
{
  void (*lost) (gpointer user_data);
  void (*back) (gpointer user_data);
} LfPhoneLinkFuncs;

LfPhoneLink *lf_phone_link_new (LfPhoneUa *ua, LfClock *clock, const LfPhoneConfig *config, const LfPhoneLinkFuncs *funcs, gpointer user_data);
void         lf_phone_link_free (LfPhoneLink *self);
gboolean     lf_phone_link_is_lost (LfPhoneLink *self);
void         lf_phone_link_ask_now (LfPhoneLink *self);

G_END_DECLS
