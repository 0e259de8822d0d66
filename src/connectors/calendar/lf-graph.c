/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-error.h"
#include "lf-json-text.h"
#include "lf-oauth-service.h"

/* Microsoft Graph, getSchedule. Source: Microsoft's reference of the API, version 1.0. */

#define MAX_PEOPLE       20
#define INTERVAL_MINUTES 60 /* of a view that is not looked at */
#define SCOPE            "https%3A%2F%2Fgraph.microsoft.com%2F.default"
#define TOKEN_PLACE      "https://login.microsoftonline.com/"

static const LfJsonLimits limits = { 8 * 1024 * 1024, 0, 16 };

static const struct
{
  const char *name;
  gboolean    counts;
  LfBusyType  type;
} types[] = {
  { "free", FALSE, LF_BUSY_BUSY },
  { "tentative", TRUE, LF_BUSY_TENTATIVE },
  { "busy", TRUE, LF_BUSY_BUSY },
  { "oof", TRUE, LF_BUSY_OUT_OF_OFFICE },
  { "workingElsewhere", TRUE, LF_BUSY_ELSEWHERE },
};

static char *
dup_token_url (const LfCalendarSourceConfig *config)
{
  g_autofree char *tenant = NULL;

  if (config->token_url != NULL)
    return g_strdup (config->token_url);
  tenant = g_uri_escape_string (config->tenant, NULL, FALSE);
  return g_strconcat (TOKEN_PLACE, tenant, "/oauth2/v2.0/token", NULL);
}

/* RFC 6749 section 4.4 */
static char *
dup_form (const LfCalendarSourceConfig *config,
          gint64                        now_us,
          GError                      **error)
{
  g_autofree char *id = g_uri_escape_string (config->client_id, NULL, FALSE);
  g_autofree char *secret = g_uri_escape_string (config->secret, NULL, FALSE);

  return g_strconcat ("grant_type=client_credentials&client_id=", id, "&client_secret=", secret, "&scope=" SCOPE, NULL);
}

/* Any mailbox of the tenant may ask; the configuration may name one that is sure to be there. */
static char *
dup_url (const LfCalendarSourceConfig *config,
         const char *const            *mails)
{
  g_autofree char *asking = g_uri_escape_string (config->login != NULL ? config->login : mails[0], "@", FALSE);
  gsize            length = strlen (config->url) - (g_str_has_suffix (config->url, "/") ? 1 : 0);

  return g_strdup_printf ("%.*s/v1.0/users/%s/calendar/getSchedule", (int) length, config->url, asking);
}

static void
write_time (LfJsonWriter *writer,
            const char   *name,
            gint64        at_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (at_us / G_USEC_PER_SEC);
  g_autofree char      *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");

  lf_json_writer_name (writer, name);
  lf_json_writer_begin (writer, '{');
  lf_json_writer_name (writer, "dateTime");
  lf_json_writer_string (writer, text);
  lf_json_writer_name (writer, "timeZone");
  lf_json_writer_string (writer, "UTC");
  lf_json_writer_end (writer, '}');
}

static GBytes *
write_question (const char *const *mails,
                gint64             from_us,
                gint64             to_us)
{
  GString     *out = g_string_new (NULL);
  LfJsonWriter writer;

  lf_json_writer_init (&writer, out);
  lf_json_writer_begin (&writer, '{');
  lf_json_writer_name (&writer, "schedules");
  lf_json_writer_begin (&writer, '[');
  for (const char *const *mail = mails; *mail != NULL; mail++)
    lf_json_writer_string (&writer, *mail);
  lf_json_writer_end (&writer, ']');
  write_time (&writer, "startTime", from_us);
  write_time (&writer, "endTime", to_us);
  lf_json_writer_name (&writer, "availabilityViewInterval");
  lf_json_writer_int (&writer, INTERVAL_MINUTES);
  lf_json_writer_end (&writer, '}');
  return g_string_free_to_bytes (out);
}

/* The text of "dateTime" inside a member; in UTC, as was asked for. */
static char *
dup_time (const LfJsonItem *item,
          const char       *name)
{
  const LfJsonItem *time = lf_json_item_find (item, name);

  return time != NULL && time->type == LF_JSON_OBJECT ? lf_json_item_dup_text (time, "dateTime") : NULL;
}

/* Takes one item of a schedule. FALSE: nothing can be known of that time. A status that is not known holds. */
static gboolean
take_item (const LfJsonItem *item,
           GArray           *periods)
{
  g_autofree char *status = NULL;
  g_autofree char *start = NULL;
  g_autofree char *end = NULL;
  LfBusyType       type = LF_BUSY_BUSY;

  if (item->type != LF_JSON_OBJECT)
    return FALSE;
  status = lf_json_item_dup_text (item, "status");
  start = dup_time (item, "start");
  end = dup_time (item, "end");
  if (status == NULL || start == NULL || end == NULL || g_str_equal (status, "unknown"))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      if (!g_str_equal (status, types[i].name))
        continue;
      if (!types[i].counts)
        return TRUE;
      type = types[i].type;
    }
  return lf_free_busy_append (periods, start, end, type);
}

/* Why nothing is known of somebody; %NULL: @periods are what is known. */
static GError *
take_schedule (const LfJsonItem *schedule,
               GArray           *periods)
{
  const LfJsonItem *failure = lf_json_item_find (schedule, "error");
  const LfJsonItem *items = lf_json_item_find (schedule, "scheduleItems");
  const LfJsonItem *item;

  if (failure != NULL && failure->type == LF_JSON_OBJECT)
    {
      g_autofree char *code = lf_json_item_dup_text (failure, "responseCode");

      if (code != NULL && strstr (code, "NotFound") != NULL)
        return g_error_new (LF_ERROR, LF_ERROR_NOT_FOUND, "Microsoft 365 has no such mailbox (%s).", code);
      return g_error_new (LF_ERROR, LF_ERROR_FORBIDDEN, "Microsoft 365 does not tell when this person is busy (%s).", code != NULL ? code : "no reason");
    }
  if (items == NULL || items->type != LF_JSON_ARRAY)
    return g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "Microsoft 365 does not tell when this person is busy.");
  item = items + 1;
  for (guint i = 0; i < items->length; i++, item += item->span)
    {
      if (!take_item (item, periods))
        return g_error_new (LF_ERROR, LF_ERROR_UNAVAILABLE, "Microsoft 365 has no data for a part of this person's calendar.");
    }
  return NULL;
}

static GPtrArray *
read_answer (GBytes            *document,
             const char *const *mails,
             gint64             from_us,
             gint64             to_us,
             GError           **error)
{
  g_auto (LfJsonDocument) json = { 0 };
  g_autoptr (GPtrArray)   answers = lf_free_busy_answers_new ();
  g_autoptr (GHashTable)  left = lf_free_busy_set_new (mails);
  const LfJsonItem       *value = lf_json_read_member (&json, document, &limits, "value", LF_JSON_ARRAY);
  const LfJsonItem       *schedule = value == NULL ? NULL : value + 1;

  if (value == NULL)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME, "The answer of Microsoft 365 cannot be read.");
      return NULL;
    }
  for (guint i = 0; i < value->length; i++, schedule += schedule->span)
    {
      g_autofree char   *mail = schedule->type == LF_JSON_OBJECT ? lf_json_item_dup_text (schedule, "scheduleId") : NULL;
      g_autoptr (GArray) periods = g_array_new (FALSE, FALSE, sizeof (LfBusyPeriod));

      if (mail != NULL && lf_free_busy_set_take (left, mail))
        lf_free_busy_answers_add (answers, mail, periods, take_schedule (schedule, periods), from_us, to_us);
    }
  lf_free_busy_answers_add_missing (answers, left);
  return g_steal_pointer (&answers);
}

const LfOauthKind lf_graph_kind = {
  .max_people = MAX_PEOPLE,
  .dup_token_url = dup_token_url,
  .dup_form = dup_form,
  .dup_url = dup_url,
  .write_question = write_question,
  .prefer = "outlook.timezone=\"UTC\"",
  .read_answer = read_answer,
};
