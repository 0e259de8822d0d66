/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-phone-config.h"

#include <sofia-sip/nua.h>
#include <sofia-sip/sip.h>

G_BEGIN_DECLS

/**
 * LfNuaHandler:
 * @event: is told of everything that happens to a handle; @sip may be %NULL
 *
 * The head of whatever stands behind a nua handle.
 */
typedef struct _LfNuaHandler LfNuaHandler;

struct _LfNuaHandler
{
  void (*event) (LfNuaHandler *self, nua_event_t event, int status, nua_handle_t *handle, const sip_t *sip);
};

/**
 * LfPhoneUa:
 *
 * The connector as a SIP user agent: sofia-sip's nua on the GLib main loop, and who the connector is for
 * the PBX.
 */
typedef struct _LfPhoneUa LfPhoneUa;

LfPhoneUa    *lf_phone_ua_new (const LfPhoneConfig *config, GError **error);
void          lf_phone_ua_free (LfPhoneUa *self);
nua_handle_t *lf_phone_ua_new_handle (LfPhoneUa *self, LfNuaHandler *handler, const char *uri);
void          lf_phone_ua_drop_handle (LfPhoneUa *self, nua_handle_t **handle);
gboolean      lf_phone_ua_authenticate (LfPhoneUa *self, nua_handle_t *handle, const sip_t *sip);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfPhoneUa, lf_phone_ua_free)

G_END_DECLS
