/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-cdr-place.h"
#include "lf-cdr.h"
#include "lf-phone-config.h"

G_BEGIN_DECLS

#define LF_ACC_MAX_CALLS 1000           /* that go on at once; of more, the oldest are told without an end */
#define LF_ACC_MAX_US    (24 * LF_HOUR) /* that a call is waited for to end */

/**
 * LfAccFunc:
 * @cdr: a call that is over, or given up
 * @place: of the line that told of it first
 * @user_data: user data
 */
typedef void (*LfAccFunc) (const LfCdr *cdr, LfCdrPlace *place, gpointer user_data);

/**
 * LfAcc:
 *
 * Puts together the calls of which Kamailio tells by transactions: that an INVITE was answered, and, by a BYE with
 * the same Call-ID, that it is over.
 */
typedef struct _LfAcc LfAcc;

LfAcc      *lf_acc_new (const LfPhoneConfig *config, LfAccFunc func, gpointer user_data);
void        lf_acc_free (LfAcc *self);
const char *lf_acc_take (LfAcc *self, const char *line, LfCdrPlace *place);
guint       lf_acc_get_n_calls (LfAcc *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfAcc, lf_acc_free)

G_END_DECLS
