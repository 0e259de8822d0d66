/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * LfBusyType:
 * @LF_BUSY_BUSY: in a meeting
 * @LF_BUSY_TENTATIVE: perhaps in a meeting
 * @LF_BUSY_OUT_OF_OFFICE: out of office
 * @LF_BUSY_ELSEWHERE: working elsewhere
 * @LF_BUSY_ALL_DAY: an event of whole days, or of 24 hours and more
 *
 * The type of a busy period. Only @LF_BUSY_BUSY makes "In a meeting"; the others are detail.
 *
 * Source: RFC 5545 section 3.2.9 (FBTYPE), widened.
 */
typedef enum
{
  LF_BUSY_BUSY,
  LF_BUSY_TENTATIVE,
  LF_BUSY_OUT_OF_OFFICE,
  LF_BUSY_ELSEWHERE,
  LF_BUSY_ALL_DAY,
} LfBusyType;

#define LF_N_BUSY_TYPES 5

/**
 * LfBusyPeriod:
 * @start_us: first instant held
 * @end_us: first instant no longer held
 * @type: what kind
 *
 * A half-open interval [start, end) of wall-clock microseconds. One whose end is not after its
 * start covers nothing.
 */
typedef struct
{
  gint64     start_us;
  gint64     end_us;
  LfBusyType type;
} LfBusyPeriod;

#define LF_BUSY_MAX_PERIODS 400                     /* a published list, design.md section 4 */
#define LF_BUSY_JOIN_US     (60 * (gint64) 1000000) /* shorter gaps are joined in the times shown */

#define LF_TYPE_BUSY_LIST (lf_busy_list_get_type ())

/**
 * LfBusyList:
 *
 * An immutable, reference-counted list of busy periods, sorted by start, united per type: no two
 * periods of one type overlap, none is empty, and only `busy` ones touch, where a meeting begins as
 * another ends. Built from any order.
 */
typedef struct _LfBusyList LfBusyList;

GType               lf_busy_list_get_type (void);
LfBusyList         *lf_busy_list_new (const LfBusyPeriod *periods, gsize n_periods);
LfBusyList         *lf_busy_list_join (const LfBusyList *self);
LfBusyList         *lf_busy_list_union (const LfBusyList *self, const LfBusyList *other);
LfBusyList         *lf_busy_list_ref (LfBusyList *self);
void                lf_busy_list_unref (LfBusyList *self);
const LfBusyPeriod *lf_busy_list_get (const LfBusyList *self, gsize *n_periods);
gboolean            lf_busy_list_equal (const LfBusyList *self, const LfBusyList *other);
gboolean            lf_busy_list_covers (const LfBusyList *self, LfBusyType type, gint64 at_us, LfBusyPeriod *period);
gboolean            lf_busy_list_meeting_at (const LfBusyList *self, gint64 at_us, LfBusyPeriod *meeting);
gboolean            lf_busy_list_block_at (const LfBusyList *self, gint64 at_us, LfBusyPeriod *block);
gint64              lf_busy_list_next_edge (const LfBusyList *self, LfBusyType type, gint64 after_us);
LfBusyList         *lf_busy_list_cut (const LfBusyList *self, gint64 from_us, gint64 to_us);
LfBusyList         *lf_busy_list_without (const LfBusyList *self, gint64 start_us, gint64 end_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfBusyList, lf_busy_list_unref)

G_END_DECLS
