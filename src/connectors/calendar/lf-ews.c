/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include "lf-calendar-http.h"
#include "lf-error.h"
#include "lf-ews.h"
#include "lf-instant.h"

#define STATUS_OK             200
#define STATUS_INTERNAL_ERROR 500 /* with a SOAP fault */
#define MAX_ANSWER_BYTES      (8 * 1024 * 1024)
#define SOAP_ACTION           "http://schemas.microsoft.com/exchange/services/2006/messages/GetUserAvailability"
#define TYPES                 "http://schemas.microsoft.com/exchange/services/2006/types"
#define MESSAGES              "http://schemas.microsoft.com/exchange/services/2006/messages"

/* UTC, as Exchange wants it said: both halves of the year are alike. */
#define NO_CHANGE "<t:Bias>0</t:Bias><t:Time>00:00:00</t:Time><t:DayOrder>1</t:DayOrder><t:Month>1</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>"
#define UTC       "<t:TimeZone><t:Bias>0</t:Bias><t:StandardTime>" NO_CHANGE "</t:StandardTime><t:DaylightTime>" NO_CHANGE "</t:DaylightTime></t:TimeZone>"

struct _LfEws
{
  GObject parent_instance;

  LfCalendarHttp *http; /* owned */
  char           *url;  /* owned */
};

/* One question: the task's data. */
typedef struct
{
  GStrv  mails; /* owned */
  gint64 from_us;
  gint64 to_us;
  guint  retry_after_s;
} Question;

static void lf_ews_service_init (LfFreeBusyServiceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LfEws, lf_ews, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (LF_TYPE_FREE_BUSY_SERVICE, lf_ews_service_init))

static void
question_free (Question *self)
{
  g_strfreev (self->mails);
  g_free (self);
}

static void
append_time (GString    *out,
             const char *name,
             gint64      at_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (at_us / G_USEC_PER_SEC);
  g_autofree char      *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");

  g_string_append_printf (out, "<t:%s>%s</t:%s>", name, text, name);
}

/**
 * lf_ews_write_request:
 * @mails: (array zero-terminated=1): whom to ask for
 * @from_us: start of the window
 * @to_us: its end
 *
 * The order of the elements is the schema's; times are in the zone that is named, UTC.
 *
 * Returns: (transfer full): a SOAP envelope
 */
GBytes *
lf_ews_write_request (const char *const *mails,
                      gint64             from_us,
                      gint64             to_us)
{
  GString *out = g_string_new ("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                               "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:t=\"" TYPES "\" xmlns:m=\"" MESSAGES "\">"
                               "<s:Header><t:RequestServerVersion Version=\"Exchange2010\"/></s:Header><s:Body>"
                               "<m:GetUserAvailabilityRequest>" UTC "<m:MailboxDataArray>");

  g_return_val_if_fail (mails != NULL, NULL);

  for (const char *const *mail = mails; *mail != NULL; mail++)
    {
      g_autofree char *escaped = g_markup_escape_text (*mail, -1);

      g_string_append_printf (out, "<t:MailboxData><t:Email><t:Address>%s</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType>"
                                   "<t:ExcludeConflicts>false</t:ExcludeConflicts></t:MailboxData>",
                              escaped);
    }
  g_string_append (out, "</m:MailboxDataArray><t:FreeBusyViewOptions><t:TimeWindow>");
  append_time (out, "StartTime", from_us);
  append_time (out, "EndTime", to_us);
  g_string_append (out, "</t:TimeWindow><t:MergedFreeBusyIntervalInMinutes>30</t:MergedFreeBusyIntervalInMinutes>"
                        "<t:RequestedView>FreeBusy</t:RequestedView></t:FreeBusyViewOptions>"
                        "</m:GetUserAvailabilityRequest></s:Body></s:Envelope>");
  return g_string_free_to_bytes (out);
}

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask)            task = user_data;
  Question                    *question = g_task_get_task_data (task);
  GError                      *error = NULL;
  g_autoptr (LfCalendarAnswer) answer = lf_calendar_http_send_finish (LF_CALENDAR_HTTP (source), result, &error);
  GPtrArray                   *answers = NULL;

  if (answer != NULL)
    {
      question->retry_after_s = answer->retry_after_s;
      if (answer->status == STATUS_OK || answer->status == STATUS_INTERNAL_ERROR)
        answers = lf_ews_read_answer (answer->body, (const char *const *) question->mails, question->from_us, question->to_us,
                                      &question->retry_after_s, &error);
      else
        lf_calendar_answer_to_error (answer, &error);
    }
  if (answers == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, answers, (GDestroyNotify) g_ptr_array_unref);
}

static void
lf_ews_query_async (LfFreeBusyService  *service,
                    const char *const  *mails,
                    gint64              from_us,
                    gint64              to_us,
                    GCancellable       *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer            user_data)
{
  LfEws                  *self = LF_EWS (service);
  g_autoptr (GTask)       task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GBytes)      body = lf_ews_write_request (mails, from_us, to_us);
  static const char      *headers[] = { "SOAPAction", "\"" SOAP_ACTION "\"", NULL };
  const LfCalendarRequest request = { .method = "POST", .url = self->url, .accept = "text/xml", .content_type = "text/xml; charset=utf-8", .body = body, .headers = headers, .max_bytes = MAX_ANSWER_BYTES };
  Question               *question = g_new0 (Question, 1);

  g_task_set_source_tag (task, lf_ews_query_async);
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  question->mails = g_strdupv ((char **) mails);
  question->from_us = from_us;
  question->to_us = to_us;
  lf_calendar_http_send_async (self->http, &request, cancellable, on_answer, g_steal_pointer (&task));
}

static GPtrArray *
lf_ews_query_finish (LfFreeBusyService *service,
                     GAsyncResult      *result,
                     guint             *retry_after_s,
                     GError           **error)
{
  *retry_after_s = ((Question *) g_task_get_task_data (G_TASK (result)))->retry_after_s;
  return g_task_propagate_pointer (G_TASK (result), error);
}

static guint
lf_ews_get_max_people (LfFreeBusyService *service)
{
  return LF_EWS_MAX_PEOPLE;
}

static void
lf_ews_service_init (LfFreeBusyServiceInterface *iface)
{
  iface->get_max_people = lf_ews_get_max_people;
  iface->query_async = lf_ews_query_async;
  iface->query_finish = lf_ews_query_finish;
}

static void
lf_ews_finalize (GObject *object)
{
  LfEws *self = LF_EWS (object);

  g_object_unref (self->http);
  g_free (self->url);
  G_OBJECT_CLASS (lf_ews_parent_class)->finalize (object);
}

static void
lf_ews_class_init (LfEwsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lf_ews_finalize;
}

static void
lf_ews_init (LfEws *self)
{
}

/**
 * lf_ews_new:
 * @config: a group of %LF_CALENDAR_EWS
 *
 * Returns: (transfer full): the service
 */
LfFreeBusyService *
lf_ews_new (const LfCalendarSourceConfig *config)
{
  LfEws *self;

  g_return_val_if_fail (config != NULL && config->url != NULL, NULL);

  self = g_object_new (LF_TYPE_EWS, NULL);
  self->http = lf_calendar_http_new (config);
  self->url = g_strdup (config->url);
  return LF_FREE_BUSY_SERVICE (self);
}
