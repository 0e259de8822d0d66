/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LfLinkKind:
 * @LF_LINK_CHAT: `lampfield:chat?user=…`
 * @LF_LINK_PERSON: `lampfield:person?user=…`
 * @LF_LINK_CALL_PERSON: `lampfield:call?user=…`
 * @LF_LINK_CALL_NUMBER: `lampfield:call?number=…`, `tel:…`
 *
 * Where a link leads.
 */
typedef enum
{
  LF_LINK_CHAT,
  LF_LINK_PERSON,
  LF_LINK_CALL_PERSON,
  LF_LINK_CALL_NUMBER,
} LfLinkKind;

/**
 * LfLink:
 * @kind: where it leads
 * @target: login, mail address or id of a person; or a number as lf_call_uri_new() makes it; owned
 *
 * A link that somebody else wrote, read.
 */
typedef struct
{
  LfLinkKind kind;
  char      *target;
} LfLink;

LfLink *lf_link_parse (const char *uri, GError **error);
void    lf_link_free (LfLink *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfLink, lf_link_free)

G_END_DECLS
