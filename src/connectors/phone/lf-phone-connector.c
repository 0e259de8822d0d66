/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include "lf-channel.h"
#include "lf-call-reporter.h"
#include "lf-cdr-reader.h"
#include "lf-desk-calls.h"
#include "lf-error.h"
#include "lf-line-publisher.h"
#include "lf-phone-connector.h"
#include "lf-timer.h"
#include "lf-wire.h"

#define FIRST_BACK_OFF_MS 1000
#define MAX_BACK_OFF_MS   60000
#define SETTLE_MS         500 /* several changes of the list are asked about together */

struct _LfPhoneConnector
{
  GObject parent_instance;

  LfClock         *clock;       /* owned */
  LfPhoneConfig   *config;      /* owned, nullable until configured */
  LfPbx           *pbx;         /* owned, nullable */
  LfRest          *rest;        /* owned, nullable */
  LfChannel       *channel;     /* owned, nullable */
  LfLinePublisher *publisher;   /* owned, nullable */
  LfCallReporter  *reporter;    /* owned, nullable */
  LfCdrReader     *cdr;         /* owned, nullable: the PBX writes no records that are read */
  LfDeskCalls     *calls;       /* owned, nullable */
  GHashTable      *health;      /* owned: line, or "" for the connector → LfHealth that is not OK */
  GHashTable      *lines;       /* owned: id of each line that the server has → its address */
  GCancellable    *cancellable; /* owned, nullable: the question for lines that goes on */
  GSource         *timer;       /* owned, nullable: the next question */
  guint            n_failures;
  gboolean         is_cdr_lost; /* the records cannot be read */
  gboolean         must_ask_again;
  gboolean         must_tell_all; /* the server may know nothing of a line: on a new connection, or when one was removed and is back */
};

G_DEFINE_FINAL_TYPE (LfPhoneConnector, lf_phone_connector, G_TYPE_OBJECT)

static void ask_for_lines (LfPhoneConnector *self);

static char *
cut (const char *text, glong max_chars)
{
  return text != NULL ? g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), max_chars)) : NULL;
}

/* What the server is told of the other end. */
static void
offer (LfPhoneConnector *self, const char *line, const LfLineState *state)
{
  LfLineState      told = *state;
  g_autofree char *peer = lf_phone_config_make_peer (self->config, state->peer);
  g_autofree char *name = peer != NULL ? cut (state->peer_name, LF_NAME_MAX_CHARS) : NULL;

  told.peer = peer;
  told.peer_name = name;
  lf_line_publisher_offer (self->publisher, line, &told);
}

static void
tell (LfPhoneConnector *self, const char *line)
{
  const LfLineState *state = lf_pbx_get_state (self->pbx, line);

  if (state != NULL)
    offer (self, line, state);
}

static void
on_line_changed (LfPbx *pbx, const char *line, const LfLineState *state, LfPhoneConnector *self)
{
  if (self->publisher != NULL)
    offer (self, line, state);
  lf_desk_calls_take_line (self->calls, line, state->state);
}

static void
report_call (LfPhoneConnector *self, const char *line, const LfWireCallReport *report)
{
  LfWireCallReport told = *report;
  g_autofree char *peer = lf_phone_config_make_peer (self->config, report->peer);

  told.peer = peer;
  lf_call_reporter_offer (self->reporter, line, &told);
}

static void
on_call_ended (LfPbx *pbx, const char *line, const LfWireCallReport *report, LfPhoneConnector *self)
{
  if (!lf_desk_calls_take_leg (self->calls, line, report))
    report_call (self, line, report);
}

/* The line whose telephone has that SIP URI. */
static const char *
find_line (LfPhoneConnector *self, const char *uri)
{
  GHashTableIter iter;
  const char    *line;
  const char    *address;

  g_hash_table_iter_init (&iter, self->lines);
  while (g_hash_table_iter_next (&iter, (gpointer *) &line, (gpointer *) &address))
    {
      g_autofree char *known = lf_phone_config_make_uri (self->config, address);

      if (g_strcmp0 (known, uri) == 0)
        return line;
    }
  return NULL;
}

/* The other end has it in its lists, too, with the number of the line that called. */
static void
on_command_record (gpointer user_data, const char *line, const LfWireCallReport *report, const char *peer_uri)
{
  LfPhoneConnector *self = user_data;
  const char       *other = peer_uri != NULL ? find_line (self, peer_uri) : NULL;
  const char       *address = g_hash_table_lookup (self->lines, line);
  g_autofree char  *own_uri = address != NULL ? lf_phone_config_make_uri (self->config, address) : NULL;
  LfWireCallReport  told = *report;

  report_call (self, line, report);
  if (other == NULL || g_str_equal (other, line))
    return;
  told.direction = LF_CALL_INCOMING;
  told.peer = own_uri;
  told.peer_name = NULL;
  report_call (self, other, &told);
}

static void
send_health (LfPhoneConnector *self, LfHealth code, const char *line)
{
  const LfWireHealth health = { .code = code, .line = (char *) (*line != '\0' ? line : NULL) };

  lf_channel_send (self->channel, LF_FRAME_HEALTH, &health);
}

/* What is wrong with the connector as a whole: without the PBX its records matter little. */
static void
send_own_health (LfPhoneConnector *self)
{
  gpointer code;

  if (g_hash_table_lookup_extended (self->health, "", NULL, &code))
    send_health (self, (LfHealth) GPOINTER_TO_INT (code), "");
  else if (self->is_cdr_lost)
    send_health (self, LF_HEALTH_NO_CALL_RECORDS, "");
}

/* A server that was away may have missed it. */
static void
send_all_health (LfPhoneConnector *self)
{
  GHashTableIter iter;
  const char    *line;
  gpointer       code;

  send_health (self, LF_HEALTH_OK, "");
  g_hash_table_iter_init (&iter, self->health);
  while (g_hash_table_iter_next (&iter, (gpointer *) &line, &code))
    if (*line != '\0')
      send_health (self, (LfHealth) GPOINTER_TO_INT (code), line);
  send_own_health (self);
}

static void
on_health (LfPbx *pbx, int code, const char *line, LfPhoneConnector *self)
{
  const char *key = line != NULL ? line : "";

  if (code == LF_HEALTH_OK)
    g_hash_table_remove (self->health, key);
  else
    g_hash_table_replace (self->health, g_strdup (key), GINT_TO_POINTER (code));
  if (self->channel == NULL)
    return;
  send_health (self, (LfHealth) code, key);
  if (code == LF_HEALTH_OK && line == NULL)
    send_own_health (self);
}

static void
on_cdr_health (LfCdrReader *reader, gboolean is_good, LfPhoneConnector *self)
{
  if (self->is_cdr_lost == !is_good)
    return;
  self->is_cdr_lost = !is_good;
  if (self->channel == NULL || g_hash_table_contains (self->health, ""))
    return;
  if (is_good)
    send_all_health (self);
  else
    send_own_health (self);
}

static void
on_command_result (gpointer user_data, const LfWireCommandResult *result)
{
  LfPhoneConnector *self = user_data;

  lf_channel_send (self->channel, LF_FRAME_COMMAND_RESULT, result);
}

static const LfDeskCallsFuncs calls_funcs = { on_command_result, on_command_record };

static gboolean
on_time_to_ask (gpointer user_data)
{
  LfPhoneConnector *self = user_data;

  lf_timer_clear (&self->timer);
  ask_for_lines (self);
  return G_SOURCE_REMOVE;
}

static void
ask_soon (LfPhoneConnector *self)
{
  if (self->timer == NULL)
    lf_timer_start (&self->timer, SETTLE_MS, on_time_to_ask, self);
}

static void
on_line_unknown (LfLinePublisher *publisher, const char *line, LfPhoneConnector *self)
{
  ask_soon (self);
}

/* The number under which the PBX knows a line. */
static char *
dup_extension (LfPhoneConnector *self, const char *address)
{
  g_autofree char *uri = lf_phone_config_make_uri (self->config, address);

  return uri != NULL ? g_strndup (uri + 4, strcspn (uri + 4, "@;")) : NULL; /* behind "sip:" */
}

static void
take_extensions (LfPhoneConnector *self, const LfWireLines *lines)
{
  g_autoptr (GHashTable) extensions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < lines->items->len; i++)
    {
      const LfWireLine *line = lines->items->pdata[i];
      char             *extension = dup_extension (self, line->address);

      if (extension != NULL)
        g_hash_table_replace (extensions, extension, g_strdup (line->line));
    }
  if (self->cdr != NULL)
    lf_cdr_reader_set_lines (self->cdr, extensions);
}

/* Watches what is new, and lets go of what is not there any more. */
static void
take_lines (LfPhoneConnector *self, const LfWireLines *lines)
{
  g_autoptr (GHashTable) old = g_steal_pointer (&self->lines);
  GHashTableIter         iter;
  gpointer               line;

  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < lines->items->len; i++)
    {
      const LfWireLine *item = lines->items->pdata[i];

      g_hash_table_insert (self->lines, g_strdup (item->line), g_strdup (item->address));
    }
  g_hash_table_iter_init (&iter, old);
  while (g_hash_table_iter_next (&iter, &line, NULL))
    if (!g_hash_table_contains (self->lines, line))
      {
        lf_line_publisher_forget (self->publisher, line);
        g_hash_table_remove (self->health, line);
      }
  lf_pbx_keep_lines (self->pbx, self->lines);
  take_extensions (self, lines);

  for (guint i = 0; i < lines->items->len; i++)
    {
      const LfWireLine *item = lines->items->pdata[i];

      lf_pbx_set_line (self->pbx, item->line, item->address);
      if (self->must_tell_all)
        tell (self, item->line);
    }
  self->must_tell_all = FALSE;
}

static void
on_lines_come (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfPhoneConnector) self = user_data;
  g_autoptr (GError)           error = NULL;
  guint                        retry_after_s = 0;
  g_autoptr (LfWireLines)      lines = lf_rest_call_finish (LF_REST (source), result, NULL, NULL, &retry_after_s, &error);

  if (source != G_OBJECT (self->rest))
    return; /* asked with an older configuration */
  g_clear_object (&self->cancellable);
  if (lines != NULL)
    {
      self->n_failures = 0;
      take_lines (self, lines);
      if (self->must_ask_again)
        ask_for_lines (self);
      return;
    }
  if (self->n_failures++ == 0)
    g_warning ("The server does not say which lines there are and is asked again: %s", error != NULL ? error->message : "its answer is empty");
  lf_timer_start (&self->timer,
                  (guint) g_random_int_range (0, (int) MIN ((gint64) FIRST_BACK_OFF_MS << MIN (self->n_failures, 10), MAX_BACK_OFF_MS)) +
                    MIN (retry_after_s, 3600) * 1000,
                  on_time_to_ask, self);
}

static void
ask_for_lines (LfPhoneConnector *self)
{
  if (self->rest == NULL)
    return;
  self->must_ask_again = self->cancellable != NULL;
  if (self->must_ask_again)
    return;
  lf_timer_clear (&self->timer);
  self->cancellable = g_cancellable_new ();
  lf_rest_call_async (self->rest, "GET", "/connector/lines", NULL, NULL, NULL, &lf_schema_lines, self->cancellable, on_lines_come,
                      g_object_ref (self));
}

static void
on_hello (LfChannel *channel, const LfWireHello *hello, gpointer user_data)
{
  LfPhoneConnector  *self = user_data;
  LfWireCapabilities capabilities;

  lf_clock_set_server_us (self->clock, hello->server_time_us);
  lf_desk_calls_fill (self->config, &capabilities);
  lf_channel_send (self->channel, LF_FRAME_CAPABILITIES, &capabilities);
  send_all_health (self);
  self->must_tell_all = TRUE;
  ask_for_lines (self);
}

static void
on_frame (LfChannel *channel, const LfFrame *frame, gpointer user_data)
{
  LfPhoneConnector *self = user_data;

  if (frame->type == LF_FRAME_COMMAND)
    lf_desk_calls_take (self->calls, frame->body);
  if (frame->type != LF_FRAME_LINES)
    return;
  self->must_tell_all = TRUE;
  ask_soon (self);
}

static void
on_channel_stopped (LfChannel *channel, const GError *error, gpointer user_data)
{
  g_warning ("The server turned this connector away: %s", error != NULL ? error->message : "it closed the stream.");
}

static void
disconnect (LfPhoneConnector *self)
{
  lf_timer_clear (&self->timer);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->channel != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->channel, self);
      lf_channel_stop (self->channel, "connector stops");
    }
  if (self->publisher != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->publisher, self);
      lf_line_publisher_stop (self->publisher);
    }
  if (self->cdr != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->cdr, self);
      lf_cdr_reader_stop (self->cdr);
    }
  if (self->reporter != NULL)
    lf_call_reporter_stop (self->reporter);
  if (self->pbx != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->pbx, self);
      g_clear_pointer (&self->calls, lf_desk_calls_free);
      lf_pbx_stop (self->pbx);
    }
  g_clear_object (&self->channel);
  g_clear_object (&self->publisher);
  g_clear_object (&self->cdr);
  g_clear_object (&self->reporter);
  g_clear_object (&self->pbx);
  g_clear_object (&self->rest);
}

static void
lf_phone_connector_dispose (GObject *object)
{
  lf_phone_connector_stop (LF_PHONE_CONNECTOR (object));
  G_OBJECT_CLASS (lf_phone_connector_parent_class)->dispose (object);
}

static void
lf_phone_connector_finalize (GObject *object)
{
  LfPhoneConnector *self = LF_PHONE_CONNECTOR (object);

  g_hash_table_unref (self->lines);
  g_hash_table_unref (self->health);
  g_clear_pointer (&self->config, lf_phone_config_free);
  g_object_unref (self->clock);
  G_OBJECT_CLASS (lf_phone_connector_parent_class)->finalize (object);
}

static void
lf_phone_connector_class_init (LfPhoneConnectorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_phone_connector_dispose;
  object_class->finalize = lf_phone_connector_finalize;
}

static void
lf_phone_connector_init (LfPhoneConnector *self)
{
  self->health = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/**
 * lf_phone_connector_new:
 * @clock: what time it is
 *
 * Returns: (transfer full): a connector that has no configuration yet
 */
LfPhoneConnector *
lf_phone_connector_new (LfClock *clock)
{
  LfPhoneConnector *self = g_object_new (LF_TYPE_PHONE_CONNECTOR, NULL);

  self->clock = g_object_ref (clock);
  return self;
}

/**
 * lf_phone_connector_apply:
 * @self: the connector
 * @config: (transfer full): what to do from now on
 * @error: return location: the server's address cannot be used, or the connector cannot listen
 *
 * Begins to work, or begins anew with another configuration.
 *
 * Returns: %FALSE when it could not; then it does nothing any more
 */
gboolean
lf_phone_connector_apply (LfPhoneConnector *self, LfPhoneConfig *config, GError **error)
{
  g_return_val_if_fail (LF_IS_PHONE_CONNECTOR (self) && config != NULL, FALSE);

  disconnect (self);
  g_clear_pointer (&self->config, lf_phone_config_free);
  self->config = config;
  g_hash_table_remove_all (self->lines);
  g_hash_table_remove_all (self->health);
  self->is_cdr_lost = FALSE;
  self->rest = lf_rest_new (config->server, error);
  self->pbx = self->rest != NULL ? lf_pbx_new (config, self->clock, error) : NULL;
  if (self->pbx == NULL)
    {
      disconnect (self);
      return FALSE;
    }

  lf_rest_set_token (self->rest, config->token);
  self->calls = lf_desk_calls_new (lf_pbx_get_ua (self->pbx), self->clock, config, &calls_funcs, self);
  g_signal_connect (self->pbx, "line-changed", G_CALLBACK (on_line_changed), self);
  g_signal_connect (self->pbx, "call-ended", G_CALLBACK (on_call_ended), self);
  g_signal_connect (self->pbx, "health", G_CALLBACK (on_health), self);
  self->reporter = lf_call_reporter_new (self->rest, self->clock);
  if (config->cdr_file != NULL)
    {
      self->cdr = lf_cdr_reader_new (config, self->reporter, self->clock);
      g_signal_connect (self->cdr, "health", G_CALLBACK (on_cdr_health), self);
    }
  self->publisher = lf_line_publisher_new (self->rest, self->clock);
  g_signal_connect (self->publisher, "line-unknown", G_CALLBACK (on_line_unknown), self);
  self->channel = lf_channel_new (self->rest);
  g_signal_connect (self->channel, "hello", G_CALLBACK (on_hello), self);
  g_signal_connect (self->channel, "frame", G_CALLBACK (on_frame), self);
  g_signal_connect (self->channel, "stopped", G_CALLBACK (on_channel_stopped), self);
  lf_channel_start (self->channel);
  return TRUE;
}

/**
 * lf_phone_connector_stop:
 * @self: the connector
 *
 * Takes leave of the server and of the PBX.
 */
void
lf_phone_connector_stop (LfPhoneConnector *self)
{
  g_return_if_fail (LF_IS_PHONE_CONNECTOR (self));

  disconnect (self);
}
