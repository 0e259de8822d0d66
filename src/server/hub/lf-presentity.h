/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-clock.h"
#include "lf-store-presence.h"
#include "lf-wire-calls.h"

G_BEGIN_DECLS

/**
 * LfLine:
 * @line: id
 * @address: what is dialled
 * @user: (nullable): whose it is
 * @shares: (nullable): whose it is besides; of LfLineShare, owned
 * @is_primary: @user's first line: its DND is the person's
 * @state: as last reported
 * @since_us: of @state
 * @owner: (nullable): id of the service token that reports it
 * @source: (nullable): that token's name
 * @pickup_group: (nullable): lines of one group may take each other's calls
 * @direction: of the call on it; with the next two for its owner alone
 * @peer: (nullable): the other end, as the telephone system writes it
 * @peer_name: (nullable): what the telephone system calls it
 * @reason: why @state is unknown
 *
 * A line and its state. Owned by the hub.
 */
typedef struct
{
  char           *line;
  char           *address;
  char           *user;
  GPtrArray      *shares;
  gboolean        is_primary;
  LfPhoneState    state;
  gint64          since_us;
  char           *owner;
  char           *source;
  char           *pickup_group;
  LfCallDirection direction;
  char           *peer;
  char           *peer_name;
  LfPhoneReason   reason;
} LfLine;

/**
 * LfDevice:
 * @session: id of its session; borrowed from the presentity
 * @state: online, idle or away
 * @since_us: of @state
 * @is_on_the_phone: its user holds a call there
 * @phone_since_us: when that was said first, or %LF_INSTANT_NONE
 *
 * What a desktop said of itself.
 */
typedef struct
{
  const char         *session;
  LfReachabilityState state;
  gint64              since_us;
  gboolean            is_on_the_phone;
  gint64              phone_since_us;
} LfDevice;

typedef struct _LfPresentity LfPresentity;

/* One person as watched: lines, devices and own claims folded into one immutable LfPresence. It keeps
 * no timer: what has ended by itself is noticed by the next fold. */
LfPresentity *lf_presentity_new (const char *user, gint64 epoch);
void          lf_presentity_free (LfPresentity *self);
const char   *lf_presentity_get_user (LfPresentity *self);
LfPresence   *lf_presentity_get_presence (LfPresentity *self); /* transfer none */
gboolean      lf_presentity_get_invisible (LfPresentity *self);
gint64        lf_presentity_get_calendar (LfPresentity *self);
gboolean      lf_presentity_has_devices (LfPresentity *self);

/* What it is folded from, for explanations. @claims is NULL when nothing was ever chosen. */
const LfClaims  *lf_presentity_get_claims (LfPresentity *self);
const GPtrArray *lf_presentity_get_lines (LfPresentity *self);    /* of LfLine, in order of arrival */
GPtrArray       *lf_presentity_list_devices (LfPresentity *self); /* of LfDevice, borrowed, the strongest first; owned array */
gboolean         lf_line_is_primary_of (const LfLine *line, const char *user);
GPtrArray       *lf_line_list_people (const LfLine *line); /* of const char *: ids, borrowed; owned array */
/* What a line of @user counts as, and its place in the order of lines: 0 is the strongest; LF_N_PHONE_STATES says nothing. */
LfPhoneState lf_line_get_state (const LfLine *line, const char *user);
guint        lf_line_get_rank (const LfLine *line, const char *user);
guint        lf_phone_state_get_rank (LfPhoneState state);

/* Each changes what is folded; call lf_presentity_fold() afterwards. */
void     lf_presentity_set_claims (LfPresentity *self, const LfClaims *claims);
gboolean lf_presentity_set_calendar (LfPresentity *self, gint64 calendar_rev); /* TRUE if it changed; no fold needed */
void     lf_presentity_add_line (LfPresentity *self, LfLine *line);            /* borrowed until removed */
void     lf_presentity_remove_line (LfPresentity *self, LfLine *line);
void     lf_presentity_set_device (LfPresentity *self, const char *session, LfReachabilityState state, gint64 since_us);
void     lf_presentity_set_device_phone (LfPresentity *self, const char *session, gboolean is_on_the_phone, gint64 now_us);
gboolean lf_presentity_remove_device (LfPresentity *self, const char *session);
gboolean lf_presentity_has_device (LfPresentity *self, const char *session);

/* Makes a new presence if anything changed. @offline_is_unknown: shortly after a restart. */
gboolean lf_presentity_fold (LfPresentity *self, gint64 now_us, gboolean offline_is_unknown);
/* Takes a new revision for the same presence: who may see it changed. */
gint64 lf_presentity_bump (LfPresentity *self);
/* What somebody sees who may see nothing. */
LfPresence *lf_presentity_make_hidden (gint64 rev, gboolean offline_is_unknown); /* transfer full */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfPresentity, lf_presentity_free)

G_END_DECLS
