/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-pbx.h"

G_BEGIN_DECLS

#define LF_TYPE_PHONE_CONNECTOR (lf_phone_connector_get_type ())

/**
 * LfPhoneConnector:
 *
 * The connector without its command line: learns from the server which lines there are, watches them at
 * the PBX, and tells the server their states.
 */
G_DECLARE_FINAL_TYPE (LfPhoneConnector, lf_phone_connector, LF, PHONE_CONNECTOR, GObject)

LfPhoneConnector *lf_phone_connector_new (LfClock *clock);
gboolean          lf_phone_connector_apply (LfPhoneConnector *self, LfPhoneConfig *config, GError **error);
void              lf_phone_connector_stop (LfPhoneConnector *self);

G_END_DECLS
