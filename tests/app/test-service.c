/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-person.h"
#include "lf-rest.h"
#include "lf-service.h"
#include "lf-test-util.h"

#define PATH  "/org/lampfield/Lampfield"
#define ERROR "org.lampfield.Lampfield1.Error."

/* The service of Mara's client on a bus of the test's own, another program there, and Jonas, whom she knows. */
typedef struct
{
  GTestDBus       *bus;
  GDBusConnection *near; /* the service's */
  GDBusConnection *far;  /* the other program's */
  LfRealServer    *server;
  LfPerson         mara;
  LfPerson         jonas;
  LfService       *service;
  LfContact       *contact; /* Jonas, as Mara sees him */

  GVariant *answer;  /* owned, nullable: of the last call */
  char     *error;   /* owned, nullable: its name on the bus */
  char     *message; /* owned, nullable */
  guint     n_pending;
  guint     n_busy; /* errors of that name */

  GPtrArray *told;   /* owned; char *: signals that came */
  char      *wanted; /* owned, nullable: what the window was asked last */
  char      *token;  /* owned, nullable: of the desk phones */
} World;

static GDBusConnection *
connect_to (GTestDBus *bus)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection   *connection = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (bus),
                                                                          G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                                          NULL, NULL, &error);

  g_assert_no_error (error);

  return connection;
}

static void
on_signal (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
  World           *w = user_data;
  g_autofree char *text = g_variant_print (parameters, FALSE);

  g_ptr_array_add (w->told, g_strconcat (signal, text, NULL));
}

static void
on_chat (World *w, LfContact *contact)
{
  g_free (w->wanted);
  w->wanted = g_strdup_printf ("chat %s", lf_contact_get_login (contact));
}

static void
on_call (World *w, LfContact *contact, const char *address)
{
  g_free (w->wanted);
  w->wanted = g_strdup_printf ("call %s", contact != NULL ? lf_contact_get_login (contact) : address);
}

static gboolean
world_begin (World *w)
{
  g_autoptr (GError) error = NULL;

  *w = (World){ 0 };
  if (lf_real_server_skip ())
    return FALSE;
  w->told = g_ptr_array_new_with_free_func (g_free);
  w->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (w->bus);
  w->near = connect_to (w->bus);
  w->far = connect_to (w->bus);
  g_dbus_connection_signal_subscribe (w->far, g_dbus_connection_get_unique_name (w->near), NULL, NULL, PATH, NULL,
                                      G_DBUS_SIGNAL_FLAGS_NONE, on_signal, w, NULL);
  w->server = lf_real_server_new ();
  lf_person_sign_in (&w->mara, w->server, "mara");
  lf_person_sign_in (&w->jonas, w->server, "jonas");
  w->contact = lf_person_add (&w->mara, "jonas");
  lf_wait_until (lf_person_get_status (w->contact) == LF_DISPLAY_ONLINE, 10000);
  w->service = lf_service_new ();
  g_signal_connect_swapped (w->service, "chat", G_CALLBACK (on_chat), w);
  g_signal_connect_swapped (w->service, "call", G_CALLBACK (on_call), w);
  lf_service_set_client (w->service, w->mara.client);
  g_assert_true (lf_service_export (w->service, w->near, PATH, &error));
  g_assert_no_error (error);

  return TRUE;
}

static void
world_end (World *w)
{
  lf_wait_until (w->n_pending == 0, 10000);
  g_object_run_dispose (G_OBJECT (w->service));
  lf_wait_until (G_OBJECT (w->service)->ref_count == 1, 5000);
  g_assert_finalize_object (w->service);
  lf_person_end (&w->jonas);
  lf_person_end (&w->mara);
  lf_real_server_free (w->server);
  g_dbus_connection_close_sync (w->far, NULL, NULL);
  g_dbus_connection_close_sync (w->near, NULL, NULL);
  g_object_unref (w->far);
  g_object_unref (w->near);
  g_test_dbus_down (w->bus);
  g_object_unref (w->bus);
  g_clear_pointer (&w->answer, g_variant_unref);
  g_free (w->error);
  g_free (w->message);
  g_free (w->wanted);
  g_free (w->token);
  g_ptr_array_unref (w->told);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  World             *w = user_data;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&w->answer, g_variant_unref);
  g_clear_pointer (&w->error, g_free);
  g_clear_pointer (&w->message, g_free);
  w->answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (error != NULL)
    {
      w->error = g_dbus_error_get_remote_error (error);
      g_dbus_error_strip_remote_error (error);
      w->message = g_strdup (error->message);
      w->n_busy += g_strcmp0 (w->error, ERROR "Busy") == 0;
    }
  w->n_pending--;
}

static void
ask (World *w, const char *interface, const char *method, GVariant *parameters)
{
  w->n_pending++;
  g_dbus_connection_call (w->far, g_dbus_connection_get_unique_name (w->near), PATH, interface, method, parameters, NULL,
                          G_DBUS_CALL_FLAGS_NONE, 60000, NULL, on_answered, w);
}

/* Waits for the answer; the name of the error, or NULL. */
static const char *
call (World *w, const char *method, GVariant *parameters)
{
  ask (w, LF_SERVICE_INTERFACE, method, parameters);
  lf_wait_until (w->n_pending == 0, 20000);
  if (w->message != NULL)
    g_test_message ("%s: %s", method, w->message);

  return w->error;
}

static const char *
call_who (World *w, const char *method, const char *who)
{
  return call (w, method, g_variant_new ("(s)", who));
}

static const char *
set_status (World *w, const char *choice, const char *options)
{
  return call (w, "SetStatus", g_variant_new ("(s@a{sv})", choice, g_variant_new_parsed (options)));
}

/* Of the one person in the last answer: what is told under @name, or NULL. */
static char *
read_fact (World *w, const char *name)
{
  g_autoptr (GVariant) facts = g_variant_get_child_value (w->answer, 0);
  g_autoptr (GVariant) value = g_variant_lookup_value (facts, name, NULL);

  if (value == NULL)
    return NULL;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);

  return g_variant_print (value, FALSE);
}

#define assert_fact(w, name, wanted)                  \
  G_STMT_START                                        \
  {                                                   \
    g_autofree char *fact_told = read_fact (w, name); \
    g_assert_cmpstr (fact_told, ==, wanted);          \
  }                                                   \
  G_STMT_END

static gsize
count_people (World *w)
{
  g_autoptr (GVariant) people = g_variant_get_child_value (w->answer, 0);

  return g_variant_n_children (people);
}

static char *
ask_state (World *w)
{
  g_autoptr (GVariant) value = NULL;

  ask (w, "org.freedesktop.DBus.Properties", "Get", g_variant_new ("(ss)", LF_SERVICE_INTERFACE, "State"));
  lf_wait_until (w->n_pending == 0, 10000);
  g_assert_null (w->error);
  g_variant_get (w->answer, "(v)", &value);

  return g_variant_dup_string (value, NULL);
}

static void
set_line (World *w, LfPhoneState state)
{
  g_autoptr (LfRest) phones = lf_rest_new (lf_real_server_get_address (w->server), NULL);
  LfWireLineState    line = { .state = state, .since_us = LF_INSTANT_NONE };

  if (w->token == NULL)
    w->token = lf_real_server_administrate (w->server, "token", "create", "--connector", "phone", "--name", "Desk phones", NULL);
  lf_rest_set_token (phones, w->token);
  lf_rest_call_async (phones, "PUT", "/lines/2041", NULL, &lf_schema_line_state, &line, NULL, NULL, NULL, NULL);
  lf_wait_until (lf_contact_get_presence (w->contact)->phone.state == state, 10000);
}

static void
test_own (void)
{
  World w;

  g_test_summary ("The own status is read and set by other programs, and colleagues see it");
  if (!world_begin (&w))
    return;
  g_assert_null (call (&w, "GetOwn", NULL));
  assert_fact (&w, "login", "mara");
  assert_fact (&w, "status", "online");
  assert_fact (&w, "choice", "automatic");
  assert_fact (&w, "do_not_disturb", "false");
  assert_fact (&w, "self", "true");

  g_assert_null (set_status (&w, "away", "{'note': <'Lunch'>, 'emoji': <'🍕'>, 'for': <uint32 2700>}"));
  /* Answered means: the server has it. */
  g_assert_cmpint (lf_client_get_me (w.mara.client)->status.choice, ==, LF_CHOICE_AWAY);
  g_assert_null (call (&w, "GetOwn", NULL));
  assert_fact (&w, "choice", "away");
  lf_wait_until (lf_person_get_status (lf_client_get_own (w.mara.client)) == LF_DISPLAY_AWAY, 10000);
  g_assert_null (call (&w, "GetOwn", NULL));
  assert_fact (&w, "status", "away");
  assert_fact (&w, "note", "Lunch");
  assert_fact (&w, "emoji", "🍕");

  g_assert_null (set_status (&w, "automatic", "@a{sv} {}"));
  g_assert_null (lf_client_get_me (w.mara.client)->status.text);
  g_assert_null (call (&w, "SetDoNotDisturb", g_variant_new_parsed ("(true, {'for': <uint32 600>})")));
  g_assert_true (lf_client_get_me (w.mara.client)->dnd.is_on);
  g_assert_cmpint (lf_client_get_me (w.mara.client)->dnd.expires_at_us, !=, LF_INSTANT_NONE);
  g_assert_null (call (&w, "SetDoNotDisturb", g_variant_new_parsed ("(false, @a{sv} {})")));
  g_assert_false (lf_client_get_me (w.mara.client)->dnd.is_on);
  world_end (&w);
}

/* What another program may send, and must not. */
static const struct
{
  const char *why;
  const char *method;
  const char *parameters;
} bad_rows[] = {
  { "no such status", "SetStatus", "('busy', @a{sv} {})" },
  { "statuses have one spelling", "SetStatus", "('Away', @a{sv} {})" },
  { "no such option", "SetStatus", "('away', {'reason': <'Lunch'>})" },
  { "an option that is long, and no ASCII", "SetStatus", "('away', {'aääääääääääääääääääääääääää': <'Lunch'>})" },
  { "a note is text", "SetStatus", "('away', {'note': <7>})" },
  { "a note is one line", "SetStatus", "('away', {'note': <'Lunch\\nGone'>})" },
  { "a note moves no cursor", "SetStatus", "('away', {'note': <'\\u001b[2J'>})" },
  { "an emoji is short", "SetStatus", "('away', {'emoji': <'aaaaaaaaaaaaaaaaa'>})" },
  { "an end is not now", "SetStatus", "('away', {'for': <uint32 0>})" },
  { "a span has no sign", "SetStatus", "('away', {'for': <-5>})" },
  { "an end is near", "SetStatus", "('away', {'for': <uint32 4294967295>})" },
  { "an end is an instant", "SetStatus", "('away', {'until': <'13:00'>})" },
  { "an end is to come", "SetStatus", "('away', {'until': <'2001-01-01T00:00:00Z'>})" },
  { "there is one end", "SetStatus", "('away', {'for': <uint32 60>, 'until': <'2099-01-01T00:00:00Z'>})" },
  { "what is automatic does not end", "SetStatus", "('automatic', {'for': <uint32 60>})" },
  { "what is off does not end", "SetDoNotDisturb", "(false, {'for': <uint32 60>})" },
  { "“do not disturb” has no note", "SetDoNotDisturb", "(true, {'note': <'Lunch'>})" },
  { "nobody has no name", "GetPerson", "('',)" },
  { "blanks are no name", "FindPeople", "('   ',)" },
  { "a name is one line", "GetPerson", "('jonas\\nmara',)" },
  { "the user is no colleague", "Chat", "('mara',)" },
  { "nobody calls oneself", "Call", "('mara',)" },
};

static void
test_arguments (void)
{
  g_autofree char *long_text = g_strnfill (141, 'x');
  World            w;

  g_test_summary ("What cannot be meant is refused with a message, and changes nothing");
  if (!world_begin (&w))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_test_message ("%s", bad_rows[i].why);
      g_assert_cmpstr (call (&w, bad_rows[i].method, g_variant_new_parsed (bad_rows[i].parameters)), ==, ERROR "BadArgument");
      g_assert_cmpuint (strlen (w.message), >, 10);
    }
  g_assert_cmpstr (call (&w, "SetStatus", g_variant_new_parsed ("('away', {'note': <%s>})", long_text)), ==, ERROR "BadArgument");
  g_assert_cmpstr (call_who (&w, "GetPerson", long_text), ==, ERROR "BadArgument");
  g_assert_cmpstr (call (&w, "GetPerson", g_variant_new_parsed ("(1,)")), ==, "org.freedesktop.DBus.Error.InvalidArgs");
  g_assert_cmpstr (call (&w, "Explode", NULL), ==, "org.freedesktop.DBus.Error.UnknownMethod");
  g_assert_cmpint (lf_client_get_me (w.mara.client)->status.choice, ==, LF_CHOICE_AUTOMATIC);
  g_assert_false (lf_client_get_me (w.mara.client)->dnd.is_on);
  g_assert_null (w.wanted);
  world_end (&w);
}

static void
test_people (void)
{
  World            w;
  g_autofree char *people = NULL;

  g_test_summary ("People are found by what names them, contacts and others; several of one name are told as such");
  if (!world_begin (&w))
    return;
  people = g_build_filename (lf_real_server_get_folder (w.server), "more.csv", NULL);
  g_assert_true (g_file_set_contents (people,
                                      "login,name,title,department,mail,addresses,password\n"
                                      "robin1,Robin Berg,,,robin1@sample.invalid,tel:3001," LF_REAL_PASSWORD "\n"
                                      "robin2,Robin Berg,,,robin2@sample.invalid,tel:3002," LF_REAL_PASSWORD "\n"
                                      "jon,Jon Small,,,jon@sample.invalid,," LF_REAL_PASSWORD "\n",
                                      -1, NULL));
  g_free (lf_real_server_administrate (w.server, "user", "import", people, NULL));

  set_line (&w, LF_PHONE_OFF_HOOK);
  g_assert_null (call_who (&w, "GetPerson", "JONAS"));
  assert_fact (&w, "login", "jonas");
  assert_fact (&w, "status", "on_the_phone");
  assert_fact (&w, "kind", "phone");
  assert_fact (&w, "free_to_talk", "false");
  assert_fact (&w, "contact", "true");
  assert_fact (&w, "text", "On the phone");
  assert_fact (&w, "as_of", NULL);
  set_line (&w, LF_PHONE_ON_HOOK);
  g_assert_null (call_who (&w, "GetPerson", lf_contact_get_name (w.contact)));
  assert_fact (&w, "status", "online");
  assert_fact (&w, "free_to_talk", "true");
  g_assert_null (call_who (&w, "GetPerson", lf_contact_get_user (w.contact)));
  g_assert_null (call_who (&w, "GetPerson", "jona")); /* the beginning of a word */
  assert_fact (&w, "login", "jonas");

  g_assert_null (call_who (&w, "GetPerson", "jon")); /* exactly somebody else, who is no contact */
  assert_fact (&w, "login", "jon");
  assert_fact (&w, "contact", "false");
  assert_fact (&w, "status", "offline");
  g_assert_null (call_who (&w, "GetPerson", "3002"));
  assert_fact (&w, "login", "robin2");
  g_assert_null (call_who (&w, "GetPerson", "robin1@sample.invalid"));
  assert_fact (&w, "login", "robin1");

  g_assert_cmpstr (call_who (&w, "GetPerson", "Robin Berg"), ==, ERROR "Ambiguous");
  g_assert_nonnull (strstr (w.message, "robin1"));
  g_assert_nonnull (strstr (w.message, "robin2"));
  g_assert_cmpstr (call_who (&w, "Call", "robin"), ==, ERROR "Ambiguous");
  g_assert_null (call_who (&w, "FindPeople", "Robin Berg"));
  g_assert_cmpuint (count_people (&w), ==, 2);
  g_assert_cmpstr (call_who (&w, "GetPerson", "Nobody Atall"), ==, ERROR "NotFound");
  g_assert_null (call_who (&w, "FindPeople", "Nobody Atall"));
  g_assert_cmpuint (count_people (&w), ==, 0);
  g_assert_null (call_who (&w, "FindPeople", "%_\\\"'"));
  g_assert_cmpuint (count_people (&w), ==, 0);

  g_assert_null (call_who (&w, "Chat", "robin1"));
  g_assert_cmpstr (w.wanted, ==, "chat robin1");
  g_assert_null (call_who (&w, "Call", "robin2"));
  g_assert_cmpstr (w.wanted, ==, "call robin2");
  g_assert_null (call_who (&w, "Call", "+49 (30) 1234-5"));
  g_assert_cmpstr (w.wanted, ==, "call tel:+493012345");
  g_assert_cmpstr (call_who (&w, "Call", "jon"), ==, ERROR "NoNumber");
  g_assert_cmpstr (w.wanted, ==, "call tel:+493012345");
  world_end (&w);
}

static guint
count_told (World *w, const char *prefix)
{
  guint n = 0;

  for (guint i = 0; i < w->told->len; i++)
    n += g_str_has_prefix (w->told->pdata[i], prefix);

  return n;
}

static void
test_signals (void)
{
  World            w;
  g_autofree char *state = NULL;

  g_test_summary ("Changes are told once somebody has asked, once each, and not when nothing has changed in the end");
  if (!world_begin (&w))
    return;
  lf_client_set_status (w.jonas.client, LF_CHOICE_AWAY, NULL, NULL, LF_INSTANT_NONE);
  lf_wait_until (lf_person_get_status (w.contact) == LF_DISPLAY_AWAY, 10000);
  lf_client_set_dnd (w.mara.client, TRUE, LF_INSTANT_NONE);
  lf_wait_until (lf_person_get_status (lf_client_get_own (w.mara.client)) == LF_DISPLAY_DO_NOT_DISTURB, 10000);
  lf_spin_for_ms (2 * LF_SERVICE_NEWS_PAUSE_MS);
  g_assert_cmpuint (w.told->len, ==, 0); /* nobody has asked yet */

  state = ask_state (&w);
  g_assert_cmpstr (state, ==, "online");
  lf_client_clear_status (w.jonas.client);
  lf_wait_until (count_told (&w, "StatusChanged(") == 1, 10000);
  g_assert_true (strstr (w.told->pdata[0], "'online', {") != NULL);
  lf_client_set_dnd (w.mara.client, FALSE, LF_INSTANT_NONE);
  lf_wait_until (count_told (&w, "OwnChanged(") >= 1, 10000);
  lf_wait_until (lf_person_get_status (lf_client_get_own (w.mara.client)) == LF_DISPLAY_ONLINE, 10000);
  lf_spin_for_ms (2 * LF_SERVICE_NEWS_PAUSE_MS);
  g_assert_cmpuint (count_told (&w, "OwnChanged("), <=, 2); /* what was set, and what others see then */

  /* There and back within one pause. */
  g_ptr_array_set_size (w.told, 0);
  g_signal_emit_by_name (lf_client_get_roster (w.mara.client), "status-changed", w.contact, LF_DISPLAY_ONLINE, LF_DISPLAY_AWAY, FALSE);
  g_signal_emit_by_name (lf_client_get_roster (w.mara.client), "status-changed", w.contact, LF_DISPLAY_AWAY, LF_DISPLAY_ONLINE, FALSE);
  g_signal_emit_by_name (w.mara.client, "me-changed");
  lf_spin_for_ms (3 * LF_SERVICE_NEWS_PAUSE_MS);
  g_assert_cmpuint (w.told->len, ==, 0);

  lf_real_server_kill (w.server);
  lf_wait_until (count_told (&w, "PropertiesChanged('" LF_SERVICE_INTERFACE "', {'State': <'reconnecting'>}") == 1, 20000);
  world_end (&w);
}

static void
test_unavailable (void)
{
  World            w;
  g_autofree char *as_of = NULL;

  g_test_summary ("Without the server what is held is told, with its age; what needs the server fails with a message");
  if (!world_begin (&w))
    return;
  lf_real_server_kill (w.server);
  lf_wait_until (lf_client_get_state (w.mara.client) == LF_CLIENT_RECONNECTING, 20000);
  g_assert_null (call_who (&w, "GetPerson", "jonas"));
  as_of = read_fact (&w, "as_of");
  g_assert_nonnull (as_of);
  g_assert_null (call_who (&w, "GetPerson", "jona")); /* the directory cannot be asked whether there is a closer one */
  assert_fact (&w, "login", "jonas");
  g_assert_cmpstr (call_who (&w, "GetPerson", "priya"), ==, ERROR "Unavailable");
  g_assert_cmpstr (set_status (&w, "away", "@a{sv} {}"), ==, ERROR "Unavailable");
  g_assert_cmpint (lf_client_get_me (w.mara.client)->status.choice, ==, LF_CHOICE_AUTOMATIC);
  world_end (&w);
}

static void
test_busy (void)
{
  World w;

  g_test_summary ("Whoever asks too much at once is told to wait, and everybody is answered");
  if (!world_begin (&w))
    return;
  for (guint i = 0; i < 40; i++)
    ask (&w, LF_SERVICE_INTERFACE, "FindPeople", g_variant_new ("(s)", "priya"));
  lf_wait_until (w.n_pending == 0, 20000);
  g_assert_cmpuint (w.n_busy, >, 0);
  g_assert_cmpuint (w.n_busy, <=, 40 - 8);
  g_assert_null (call_who (&w, "GetPerson", "priya"));
  world_end (&w);
}

static void
test_one_asks_all (void)
{
  World            w;
  GDBusConnection *other;

  g_test_summary ("A program that asks without end keeps no other from its answer, nor from what needs no server");
  if (!world_begin (&w))
    return;
  other = w.far;
  w.far = connect_to (w.bus);
  lf_real_server_freeze (w.server, TRUE);
  for (guint i = 0; i < 100; i++)
    ask (&w, LF_SERVICE_INTERFACE, "FindPeople", g_variant_new ("(s)", "priya"));
  lf_wait_until (w.n_busy == 100 - 8, 10000);
  ask (&w, LF_SERVICE_INTERFACE, "GetOwn", NULL);
  lf_wait_until (w.n_pending == 8, 10000);
  g_dbus_connection_call (other, g_dbus_connection_get_unique_name (w.near), PATH, LF_SERVICE_INTERFACE, "GetPerson", g_variant_new ("(s)", "priya"), NULL,
                          G_DBUS_CALL_FLAGS_NONE, 20000, NULL, on_answered, &w);
  w.n_pending++;
  lf_spin_for_ms (100);
  lf_real_server_freeze (w.server, FALSE);
  lf_wait_until (w.n_pending == 0, 20000);
  g_assert_cmpuint (w.n_busy, ==, 100 - 8);
  g_dbus_connection_close_sync (w.far, NULL, NULL);
  g_object_unref (w.far);
  w.far = other;
  world_end (&w);
}

/* Asks from a connection of its own, which goes at once or after @wait_ms. */
static void
ask_and_go (World *w, const char *who, guint wait_ms)
{
  GDBusConnection *hasty = connect_to (w->bus);

  g_dbus_connection_call (hasty, g_dbus_connection_get_unique_name (w->near), PATH, LF_SERVICE_INTERFACE, "Call", g_variant_new ("(s)", who), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  g_dbus_connection_flush_sync (hasty, NULL, NULL);
  if (wait_ms > 0)
    lf_spin_for_ms (wait_ms);
  g_dbus_connection_close_sync (hasty, NULL, NULL);
  g_object_unref (hasty);
}

static void
test_gone (void)
{
  World w;

  g_test_summary ("Nobody is called for a program that has gone: before the question was read, or while the directory is asked");
  if (!world_begin (&w))
    return;
  ask_and_go (&w, "+49301234", 0);
  g_assert_null (call_who (&w, "GetPerson", "jonas"));
  g_assert_null (w.wanted);

  lf_real_server_freeze (w.server, TRUE);
  for (guint i = 0; i < 30; i++) /* more than can wait */
    ask_and_go (&w, "priya", 0);
  ask_and_go (&w, "priya", 300);
  lf_spin_for_ms (300);
  lf_real_server_freeze (w.server, FALSE);
  g_assert_null (call_who (&w, "GetPerson", "priya"));
  g_assert_null (w.wanted);
  g_assert_null (call_who (&w, "Call", "+49301234"));
  g_assert_cmpstr (w.wanted, ==, "call tel:+49301234");
  world_end (&w);
}

static void
test_signed_out (void)
{
  static const char *const questions[] = { "GetPerson", "FindPeople", "Chat", "Call" };
  World                    w;
  g_autofree char         *state = NULL;

  g_test_summary ("When nobody is signed in every question is answered so, also one that waited for the server");
  if (!world_begin (&w))
    return;
  ask (&w, LF_SERVICE_INTERFACE, "FindPeople", g_variant_new ("(s)", "priya"));
  lf_client_sign_out_async (w.mara.client, NULL, NULL, NULL);
  lf_wait_until (w.n_pending == 0 && lf_client_get_me (w.mara.client) == NULL, 10000);
  lf_wait_until (lf_client_get_state (w.mara.client) == LF_CLIENT_SIGNED_OUT, 10000);
  state = ask_state (&w);
  g_assert_cmpstr (state, ==, "signed_out");
  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++)
    g_assert_cmpstr (call_who (&w, questions[i], "jonas"), ==, ERROR "NotSignedIn");
  g_assert_cmpstr (call (&w, "GetOwn", NULL), ==, ERROR "NotSignedIn");
  g_assert_cmpstr (set_status (&w, "away", "@a{sv} {}"), ==, ERROR "NotSignedIn");
  g_assert_null (w.wanted);
  world_end (&w);
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/service/own", test_own);
  g_test_add_func ("/service/arguments", test_arguments);
  g_test_add_func ("/service/people", test_people);
  g_test_add_func ("/service/signals", test_signals);
  g_test_add_func ("/service/unavailable", test_unavailable);
  g_test_add_func ("/service/busy", test_busy);
  g_test_add_func ("/service/one-asks-all", test_one_asks_all);
  g_test_add_func ("/service/gone", test_gone);
  g_test_add_func ("/service/signed-out", test_signed_out);

  return g_test_run ();
}
