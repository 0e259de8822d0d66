/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-metrics-http.h"
#include "lf-problem.h"
#include "lf-router.h"
#include "lf-server.h"
#include "lf-wire-calendars.h"
#include "lf-wire-explain.h"
#include "lf-ws-frame.h"

/* Prints what the code says of REST and of the stream, as JSON, for check_documents.py: every route,
 * every problem code, every type of frame, the stream's own close codes, and every schema that a body
 * or a frame has, down to its last member. */

/* Some schemas share the words of their messages: here each is known by its symbol. */
typedef struct
{
  const LfSchema *schema;
  const char     *name;
} Named;

#define NAMED(symbol)            \
  {                              \
    &lf_schema_##symbol, #symbol \
  }

static const Named named[] = {
  NAMED (info),
  NAMED (problem),
  NAMED (login),
  NAMED (refresh),
  NAMED (tokens),
  NAMED (methods),
  NAMED (session),
  NAMED (sessions_page),
  NAMED (status),
  NAMED (dnd),
  NAMED (visibility),
  NAMED (person),
  NAMED (people_page),
  NAMED (me),
  NAMED (me_patch),
  NAMED (contact),
  NAMED (contact_request),
  NAMED (contacts),
  NAMED (group),
  NAMED (groups),
  NAMED (speed_dials),
  NAMED (connector_person),
  NAMED (presence),
  NAMED (presence_list),
  NAMED (busy),
  NAMED (busy_list),
  NAMED (busy_report),
  NAMED (early_end),
  NAMED (member),
  NAMED (message),
  NAMED (message_body),
  NAMED (messages_page),
  NAMED (conversation),
  NAMED (conversation_request),
  NAMED (conversations_page),
  NAMED (seq),
  NAMED (line),
  NAMED (lines),
  NAMED (connector_people),
  NAMED (line_state),
  NAMED (own_line),
  NAMED (own_phone),
  NAMED (read_calendar),
  NAMED (line_call),
  NAMED (call),
  NAMED (call_record),
  NAMED (call_request),
  NAMED (call_records_page),
  NAMED (call_report),
  NAMED (call_reports),
  NAMED (exception),
  NAMED (privacy),
  NAMED (privacy_request),
  NAMED (permission),
  NAMED (claim),
  NAMED (verdict),
  NAMED (explanation),
  NAMED (empty),
};

static GHashTable *seen; /* LfSchema → itself: those whose description is due or done */
static GPtrArray  *due;

static const char *
get_name (const LfSchema *schema)
{
  for (gsize i = 0; i < G_N_ELEMENTS (named); i++)
    if (named[i].schema == schema)
      return named[i].name;
  return schema->name;
}

static void
ask_for (const LfSchema *schema)
{
  if (schema != NULL && g_hash_table_add (seen, (gpointer) schema))
    g_ptr_array_add (due, (gpointer) schema);
}

static void
print_route (const char *prefix, const LfRoute *route, gpointer user_data)
{
  gboolean *is_first = user_data;

  g_print ("%s\n    {\"method\": \"%s\", \"path\": \"%s%s\", \"access\": %u, \"body\": ", *is_first ? "" : ",",
           route->method, prefix, route->pattern, route->access);
  if (route->body != NULL)
    g_print ("\"%s\"}", get_name (route->body));
  else
    g_print ("null}");
  ask_for (route->body);
  *is_first = FALSE;
}

static void
print_names (const char *const *names)
{
  g_print ("[");
  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    g_print ("%s\"%s\"", i > 0 ? ", " : "", names[i]);
  g_print ("]");
}

static void
print_field (const LfField *field, gboolean is_first)
{
  static const char *const kinds[] = { "string", "id", "int", "bool", "instant", "enum", "unsent", "struct", "optional", "list", "strv" };

  g_print ("%s\n      {\"name\": \"%s\", \"kind\": \"%s\", \"required\": %s, \"min\": %" G_GINT64_FORMAT ", \"max\": %" G_GINT64_FORMAT ", \"schema\": \"%s\", \"names\": ",
           is_first ? "" : ",", field->name, kinds[field->kind], field->is_required ? "true" : "false",
           field->min, field->max, field->schema != NULL ? get_name (field->schema) : "");
  print_names (field->names);
  g_print ("}");
  ask_for (field->schema);
}

static void
print_fields (const LfSchema *schema)
{
  gboolean is_first_field = TRUE;

  g_print ("[");
  for (const LfField *field = schema->fields; field->name != NULL; field++)
    if (*field->name != '\0') /* an unsent member */
      {
        print_field (field, is_first_field);
        is_first_field = FALSE;
      }
  g_print ("]");
}

static void
print_schema (const LfSchema *schema, gboolean is_first)
{
  g_print ("%s\n    \"%s\": ", is_first ? "" : ",", get_name (schema));
  print_fields (schema);
}

static void
print_frame (LfFrameType type, gboolean is_first)
{
  g_autoptr (LfWsFrame) frame = lf_ws_frame_new_text (type, NULL);

  g_print ("%s\n    \"%s\": {\"counted\": %s, \"fields\": ", is_first ? "" : ",", lf_frame_get_name (type),
           frame->is_counted ? "true" : "false");
  print_fields (lf_frame_get_schema (type));
  g_print ("}");
}

int
main (void)
{
  const LfSchema *const answers[] = {
    &lf_schema_info, &lf_schema_problem, &lf_schema_tokens, &lf_schema_methods, &lf_schema_sessions_page,
    &lf_schema_me, &lf_schema_contacts, &lf_schema_contact, &lf_schema_group, &lf_schema_people_page,
    &lf_schema_person, &lf_schema_presence_list, &lf_schema_busy_list, &lf_schema_conversations_page,
    &lf_schema_conversation, &lf_schema_messages_page, &lf_schema_message, &lf_schema_lines,
    &lf_schema_connector_people, &lf_schema_privacy, &lf_schema_explanation, &lf_schema_call, &lf_schema_call_records_page
  };
  const LfCloseCode closes[] = {
    LF_CLOSE_NORMAL, LF_CLOSE_BAD_FRAME, LF_CLOSE_TOO_LARGE, LF_CLOSE_SIGNED_OUT, LF_CLOSE_TOKEN_EXPIRED, LF_CLOSE_REPLACED,
    LF_CLOSE_VERSION, LF_CLOSE_RATE, LF_CLOSE_SLOW, LF_CLOSE_RESTART
  };
  g_autoptr (LfClock)  clock = lf_clock_new_manual (0);
  g_autoptr (LfConfig) config = lf_config_new ();
  g_autoptr (LfServer) server = lf_server_new (config, clock);
  gboolean             is_first = TRUE;

  seen = g_hash_table_new (NULL, NULL);
  due = g_ptr_array_new ();
  g_print ("{\n  \"routes\": [");
  lf_router_foreach (server->router, print_route, &is_first);
  for (const LfRoute *route = lf_routes_metrics; route->method != NULL; route++)
    print_route ("", route, &is_first);
  g_print ("],\n  \"problems\": {");
  for (guint i = 0; i < LF_N_PROBLEMS; i++)
    g_print ("%s\n    \"%s\": %u", i > 0 ? "," : "", lf_problem_to_code (i), lf_problem_to_status (i));
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    ask_for (answers[i]);
  g_print ("},\n  \"closes\": [");
  for (gsize i = 0; i < G_N_ELEMENTS (closes); i++)
    g_print ("%s%u", i > 0 ? ", " : "", closes[i]);
  g_print ("],\n  \"frames\": {");
  for (guint i = 0; i < LF_N_FRAME_TYPES; i++)
    print_frame ((LfFrameType) i, i == 0);
  g_print ("},\n  \"schemas\": {");
  for (guint i = 0; i < due->len; i++) /* grows while it is walked */
    print_schema (due->pdata[i], i == 0);
  g_print ("}\n}\n");
  g_ptr_array_unref (due);
  g_hash_table_unref (seen);
  return 0;
}
