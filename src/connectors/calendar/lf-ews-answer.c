/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-calendar-xml.h"
#include "lf-error.h"
#include "lf-ews.h"

#define MAX_EVENTS     10000 /* of one person; periods are bounded by the result */
#define MAX_CODE_CHARS 60
#define MAX_BACK_OFF_S 3600

/* One reading. */
typedef struct
{
  const char *const *mails; /* borrowed */
  guint              n_mails;
  GPtrArray         *answers; /* owned */
  gint64             from_us;
  gint64             to_us;
  guint              back_off_s;

  /* of the response that is being read */
  GArray  *periods; /* owned: LfBusyPeriod */
  char    *code;    /* owned, nullable: ResponseCode */
  char    *view;    /* owned, nullable: FreeBusyViewType */
  char    *start;   /* owned, nullable: of the event that is being read */
  char    *end;     /* owned, nullable */
  char    *type;    /* owned, nullable */
  char    *name;    /* owned, nullable: of the value that comes */
  gboolean is_error;
  gboolean has_gap; /* times without data, or that cannot be read */
} Reading;

static const struct
{
  const char *name;
  gboolean    counts;
  LfBusyType  type;
} types[] = {
  { "Free", FALSE, LF_BUSY_BUSY },
  { "Tentative", TRUE, LF_BUSY_TENTATIVE },
  { "Busy", TRUE, LF_BUSY_BUSY },
  { "OOF", TRUE, LF_BUSY_OUT_OF_OFFICE },
  { "WorkingElsewhere", TRUE, LF_BUSY_ELSEWHERE },
};

static void
clear_event (Reading *reading)
{
  g_clear_pointer (&reading->start, g_free);
  g_clear_pointer (&reading->end, g_free);
  g_clear_pointer (&reading->type, g_free);
}

static void
clear_response (Reading *reading)
{
  clear_event (reading);
  g_clear_pointer (&reading->code, g_free);
  g_clear_pointer (&reading->view, g_free);
  g_array_set_size (reading->periods, 0);
  reading->is_error = FALSE;
  reading->has_gap = FALSE;
}

static void
keep (char      **place,
      const char *text)
{
  g_free (*place);
  *place = g_strstrip (g_strndup (text, MAX_CODE_CHARS));
}

/* A type that is not known is busy: nobody is called free by mistake. */
static void
take_event (Reading *reading,
            GError **error)
{
  LfBusyType type = LF_BUSY_BUSY;
  gboolean   counts = TRUE;

  if (reading->periods->len >= MAX_EVENTS)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_TOO_LARGE, "The server tells of more than %d events of one person.", MAX_EVENTS);
      return;
    }
  if (reading->start == NULL || reading->end == NULL || g_strcmp0 (reading->type, "NoData") == 0)
    {
      reading->has_gap = TRUE;
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      if (g_strcmp0 (reading->type, types[i].name) != 0)
        continue;
      type = types[i].type;
      counts = types[i].counts;
    }
  if (counts && !lf_free_busy_append (reading->periods, reading->start, reading->end, type))
    reading->has_gap = TRUE;
}

/* Why nothing is known of a mailbox; %NULL: it is known. */
static GError *
explain_response (const Reading *reading)
{
  if (reading->is_error || (reading->code != NULL && !g_str_equal (reading->code, "NoError")))
    {
      const char *code = reading->code != NULL ? reading->code : "no reason";

      if (strstr (code, "NotFound") != NULL || strstr (code, "NonExistent") != NULL)
        return g_error_new (LF_ERROR, LF_ERROR_NOT_FOUND, "Exchange has no such mailbox (%s).", code);
      if (strstr (code, "AccessDenied") != NULL || strstr (code, "NoFreeBusyAccess") != NULL)
        return g_error_new (LF_ERROR, LF_ERROR_FORBIDDEN, "Exchange does not let us see when this person is busy (%s).", code);
      return g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "Exchange cannot tell when this person is busy (%s).", code);
    }
  if (reading->view == NULL || g_str_equal (reading->view, "None"))
    return g_error_new (LF_ERROR, LF_ERROR_FORBIDDEN, "Exchange does not let us see when this person is busy.");
  if (reading->has_gap)
    return g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "Exchange has no data for a part of this person's calendar.");
  return NULL;
}

static void
take_response (Reading *reading,
               GError **error)
{
  if (reading->answers->len >= reading->n_mails)
    g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME, "Exchange answers for more people than were asked for.");
  else
    lf_free_busy_answers_add (reading->answers, reading->mails[reading->answers->len], reading->periods, explain_response (reading),
                              reading->from_us, reading->to_us);
}

static void
on_start (const char  *name,
          const char **attribute_names,
          const char **attribute_values,
          gpointer     user_data,
          GError     **error)
{
  Reading *reading = user_data;

  if (g_str_equal (name, "FreeBusyResponse"))
    clear_response (reading);
  else if (g_str_equal (name, "CalendarEvent"))
    clear_event (reading);
  for (gsize i = 0; attribute_names[i] != NULL; i++)
    {
      if (g_str_equal (name, "ResponseMessage") && g_str_equal (attribute_names[i], "ResponseClass"))
        reading->is_error = g_str_equal (attribute_values[i], "Error");
      else if (g_str_equal (name, "Value") && g_str_equal (attribute_names[i], "Name"))
        keep (&reading->name, attribute_values[i]);
    }
}

static void
on_end (const char *name,
        const char *text,
        gpointer    user_data,
        GError    **error)
{
  Reading *reading = user_data;

  if (g_str_equal (name, "ResponseCode"))
    keep (&reading->code, text);
  else if (g_str_equal (name, "FreeBusyViewType"))
    keep (&reading->view, text);
  else if (g_str_equal (name, "StartTime"))
    keep (&reading->start, text);
  else if (g_str_equal (name, "EndTime"))
    keep (&reading->end, text);
  else if (g_str_equal (name, "BusyType"))
    keep (&reading->type, text);
  else if (g_str_equal (name, "Value") && g_strcmp0 (reading->name, "BackOffMilliseconds") == 0)
    reading->back_off_s = (guint) MIN (g_ascii_strtoull (text, NULL, 10) / 1000 + 1, MAX_BACK_OFF_S);
  else if (g_str_equal (name, "CalendarEvent"))
    take_event (reading, error);
  else if (g_str_equal (name, "FreeBusyResponse"))
    take_response (reading, error);
}

/* No answer for each of them: a fault, or a code for all. */
static void
explain_document (const Reading *reading,
                  GError       **error)
{
  if (reading->back_off_s > 0 || g_strcmp0 (reading->code, "ErrorServerBusy") == 0)
    g_set_error (error, LF_ERROR, LF_ERROR_RATE_LIMITED, "Exchange asks us to come less often.");
  else
    g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME, "Exchange did not answer for everybody who was asked for (%s).",
                 reading->code != NULL ? reading->code : "no reason given");
}

/**
 * lf_ews_read_answer:
 * @document: what Exchange answered, a SOAP envelope
 * @mails: (array zero-terminated=1): whom it was asked for, in that order
 * @from_us: start of the window
 * @to_us: its end
 * @back_off_s: (inout): raised to the seconds Exchange wants to be left alone
 * @error: set to %LF_ERROR_RATE_LIMITED, %LF_ERROR_BAD_FRAME or %LF_ERROR_TOO_LARGE
 *
 * Source: [MS-OXWAVLS] section 3.1.4.1, GetUserAvailability.
 *
 * Returns: (transfer full) (element-type LfFreeBusyAnswer) (nullable): one for each
 */
GPtrArray *
lf_ews_read_answer (GBytes            *document,
                    const char *const *mails,
                    gint64             from_us,
                    gint64             to_us,
                    guint             *back_off_s,
                    GError           **error)
{
  static const LfCalendarXmlHandler handler = { on_start, on_end };
  g_autoptr (GArray)                periods = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));
  g_autoptr (GPtrArray)             answers = lf_free_busy_answers_new ();
  Reading                           reading = { .mails = mails, .answers = answers, .from_us = from_us, .to_us = to_us, .periods = periods };
  gboolean                          is_good;

  g_return_val_if_fail (document != NULL && mails != NULL && back_off_s != NULL, NULL);

  reading.n_mails = g_strv_length ((char **) mails);
  is_good = lf_calendar_xml_read (document, &handler, &reading, error);
  *back_off_s = MAX (*back_off_s, reading.back_off_s);
  if (is_good && (answers->len != reading.n_mails || g_strcmp0 (reading.code, "ErrorServerBusy") == 0))
    {
      explain_document (&reading, error);
      is_good = FALSE;
    }
  clear_response (&reading);
  g_free (reading.name);
  return is_good ? g_steal_pointer (&answers) : NULL;
}
