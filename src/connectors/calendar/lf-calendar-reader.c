/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include "lf-calendar-reader.h"

G_DEFINE_INTERFACE (LfCalendarReader, lf_calendar_reader, G_TYPE_OBJECT)

static void
lf_calendar_reader_default_init (LfCalendarReaderInterface *iface)
{
}

/**
 * lf_calendar_reader_read_async:
 * @self: a reader
 * @options: how to read; not needed after the call
 * @cancellable: (nullable): ends it
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Reads what changed.
 */
void
lf_calendar_reader_read_async (LfCalendarReader    *self,
                               const LfIcalOptions *options,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_return_if_fail (LF_IS_CALENDAR_READER (self));
  g_return_if_fail (options != NULL);

  LF_CALENDAR_READER_GET_IFACE (self)->read_async (self, options, cancellable, callback, user_data);
}

/**
 * lf_calendar_reader_read_finish:
 * @self: a reader
 * @result: what the callback got
 * @said: (out) (nullable): what the calendar says, or %NULL if it is what it was
 * @retry_after_s: (out): seconds the other end asked to wait, or 0; set on errors too
 * @error: set to a code of #LfError that says what to do, or as reading does
 *
 * Returns: %TRUE if the calendar was read
 */
gboolean
lf_calendar_reader_read_finish (LfCalendarReader *self,
                                GAsyncResult     *result,
                                LfIcalResult    **said,
                                guint            *retry_after_s,
                                GError          **error)
{
  g_return_val_if_fail (LF_IS_CALENDAR_READER (self), FALSE);
  g_return_val_if_fail (said != NULL && retry_after_s != NULL, FALSE);

  return LF_CALENDAR_READER_GET_IFACE (self)->read_finish (self, result, said, retry_after_s, error);
}

/**
 * lf_calendar_reader_forget:
 * @self: a reader
 *
 * What was read means something else now (the person has other addresses): the next reading, and one
 * that goes on, take nothing from the last.
 */
void
lf_calendar_reader_forget (LfCalendarReader *self)
{
  g_return_if_fail (LF_IS_CALENDAR_READER (self));

  LF_CALENDAR_READER_GET_IFACE (self)->forget (self);
}
