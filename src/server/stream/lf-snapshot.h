/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-hub.h"

G_BEGIN_DECLS

/**
 * LfSnapshot:
 *
 * What a person's client starts from, given out in parts of bounded size, each made when there is
 * room for it: the presence in it is of that moment.
 */
typedef struct _LfSnapshot LfSnapshot;

LfSnapshot *lf_snapshot_new (LfHub *hub, const char *user, LfWireSnapshot *loaded); /* @loaded: transfer full */
LfWsFrame  *lf_snapshot_next (LfSnapshot *self, gboolean *is_last);                 /* transfer full */
void        lf_snapshot_free (LfSnapshot *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfSnapshot, lf_snapshot_free)

G_END_DECLS
