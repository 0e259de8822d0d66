/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LF_DAV_MAX_RESPONSES 100000
#define LF_DAV_MAX_CHARS     2000 /* of an address, tag or token */

/**
 * LfDavResponse:
 * @href: what it is about, as the server writes it: a path, or an address
 * @status: of HTTP for the whole of it, or 0
 * @etag: (nullable): of an object
 * @ctag: (nullable): of a calendar: differs when anything in it does
 * @sync_token: (nullable): of a calendar (RFC 6578)
 * @name: (nullable): of a calendar, for people
 * @owner: (nullable): href of the principal whose calendar it is
 * @principal: (nullable): href of who is signed in (RFC 5397)
 * @home: (nullable): href of the calendars of a principal
 * @data: (nullable): an object's iCalendar
 * @is_calendar: a calendar
 * @is_shared: somebody else's, lent
 * @is_subscribed: a copy of a feed
 * @is_transparent: its events hold nobody (RFC 6638 section 9.1)
 * @holds_no_events: a calendar of tasks or notes alone
 *
 * What a server says of one resource. Properties that it does not have come empty, and are left out.
 */
typedef struct
{
  char    *href;
  guint    status;
  char    *etag;
  char    *ctag;
  char    *sync_token;
  char    *name;
  char    *owner;
  char    *principal;
  char    *home;
  GBytes  *data;
  gboolean is_calendar;
  gboolean is_shared;
  gboolean is_subscribed;
  gboolean is_transparent;
  gboolean holds_no_events;
} LfDavResponse;

/**
 * LfDavMultistatus:
 * @responses: (element-type LfDavResponse): each
 * @sync_token: (nullable): of a report of changes
 *
 * Source: RFC 4918 section 13, RFC 4791, RFC 6578.
 */
typedef struct
{
  GPtrArray *responses;
  char      *sync_token;
} LfDavMultistatus;

LfDavMultistatus *lf_dav_multistatus_parse (GBytes *document, GError **error);
void              lf_dav_multistatus_free (LfDavMultistatus *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfDavMultistatus, lf_dav_multistatus_free)

G_END_DECLS
