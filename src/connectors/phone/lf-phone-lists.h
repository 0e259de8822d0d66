/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-phone-turns.h"
#include "lf-phone-ua.h"

G_BEGIN_DECLS

/**
 * LfPhoneListsFuncs:
 * @begun: documents of a line on a list are counted anew
 * @document: what a list says of a line; returns what became of it
 * @lost: a list tells nothing of a line any more
 * @changed: other lines are on lists now, or none is waited for any more
 * @trouble: with a list as such: #LF_SUBSCRIPTION_GONE, _PASSWORD or _UNANSWERED
 *
 * What is told of lists. A line is known by its key: lf_phone_config_make_peer() of its SIP URI.
 */
typedef struct
{
  void (*begun) (gpointer user_data, LfEventPackage package, const char *key);
  LfNotifyResult (*document) (gpointer user_data, LfEventPackage package, const char *key, const char *content_type, const char *body, gsize length);
  void (*lost) (gpointer user_data, LfEventPackage package, const char *key);
  void (*changed) (gpointer user_data);
  void (*trouble) (gpointer user_data, LfSubscriptionTrouble trouble);
} LfPhoneListsFuncs;

/**
 * LfPhoneLists:
 *
 * The lists of a PBX (RFC 4662): one subscription tells of many lines. Which lines are on it the PBX says; a list
 * that it does not know, or whose news cannot be read as a list's, has none.
 */
typedef struct _LfPhoneLists LfPhoneLists;

LfPhoneLists *lf_phone_lists_new (LfPhoneUa *ua, LfClock *clock, const LfPhoneConfig *config, LfPhoneTurns *turns, const LfPhoneListsFuncs *funcs, gpointer user_data);
void          lf_phone_lists_free (LfPhoneLists *self);
gboolean      lf_phone_lists_is_settled (LfPhoneLists *self, LfEventPackage package);
gboolean      lf_phone_lists_has (LfPhoneLists *self, LfEventPackage package, const char *key);
void          lf_phone_lists_refresh (LfPhoneLists *self, LfEventPackage package, const char *key);
void          lf_phone_lists_restart (LfPhoneLists *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfPhoneLists, lf_phone_lists_free)

G_END_DECLS
