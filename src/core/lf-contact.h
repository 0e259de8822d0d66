/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "lf-presence.h"
#include "lf-resolver.h"

G_BEGIN_DECLS

#define LF_TYPE_CONTACT (lf_contact_get_type ())

/**
 * LfContact:
 *
 * One presentity as the user sees it: who it is, where it stands in the roster, its presence, and
 * the resolved display status. Properties, all notified only on change: "user", "name", "login",
 * "title", "department", "mail" (strings), "addresses" (GStrv), "is-place" (a room or a desk with a telephone,
 * and nobody who signs in), "group" (string, nullable: id), "is-favourite", "is-watched", "is-armed" (a one-shot "tell me when free" is set), "unread" (guint),
 * "speed-dial" (int), "presence" (boxed #LfPresence), "display-status" (uint, #LfDisplayStatus).
 * Signal "resolved": what is displayed changed in any way (status, since, until, note, staleness):
 * rows redraw on it. The roster resolves; nobody else calls lf_contact_resolve() on its contacts.
 */
G_DECLARE_FINAL_TYPE (LfContact, lf_contact, LF, CONTACT, GObject)

/* What a directory or roster entry says of a person; strings borrowed, nullable but for user. */
typedef struct
{
  const char        *user;
  const char        *login;
  const char        *name;
  const char        *title;
  const char        *department;
  const char        *mail;
  const char *const *addresses;
  gboolean           is_place;
} LfPersonFields;

LfContact         *lf_contact_new (const char *user);
const char        *lf_contact_get_user (LfContact *self);
const char        *lf_contact_get_name (LfContact *self); /* never NULL: falls back to login, user */
const char        *lf_contact_get_login (LfContact *self);
const char        *lf_contact_get_title (LfContact *self);
const char        *lf_contact_get_department (LfContact *self);
const char        *lf_contact_get_mail (LfContact *self);
const char *const *lf_contact_get_addresses (LfContact *self);
const char        *lf_contact_get_group (LfContact *self);
gboolean           lf_contact_get_is_place (LfContact *self);
gboolean           lf_contact_get_is_favourite (LfContact *self);
gboolean           lf_contact_get_is_watched (LfContact *self);
gboolean           lf_contact_get_is_armed (LfContact *self);
int                lf_contact_get_speed_dial (LfContact *self);
guint              lf_contact_get_unread (LfContact *self);
LfPresence        *lf_contact_get_presence (LfContact *self); /* transfer none, never NULL */
const LfResolved  *lf_contact_get_resolved (LfContact *self); /* as of the last resolve */

gboolean lf_contact_set_person (LfContact *self, const LfPersonFields *fields);
gboolean lf_contact_set_group (LfContact *self, const char *group);
gboolean lf_contact_set_is_favourite (LfContact *self, gboolean is_favourite);
gboolean lf_contact_set_is_watched (LfContact *self, gboolean is_watched);
gboolean lf_contact_set_is_armed (LfContact *self, gboolean is_armed);
gboolean lf_contact_set_speed_dial (LfContact *self, int speed_dial);
gboolean lf_contact_set_unread (LfContact *self, guint unread);
gboolean lf_contact_set_presence (LfContact *self, const LfPresence *presence);
gboolean lf_contact_resolve (LfContact *self, gint64 now_us);

G_END_DECLS
