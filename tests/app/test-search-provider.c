/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-app-test.h"
#include "lf-fake-client.h"
#include "lf-people.h"
#include "lf-search-provider.h"

#define PATH      "/org/lampfield/Lampfield/SearchProvider"
#define INTERFACE "org.gnome.Shell.SearchProvider2"

/* The Shell on a bus of the test's own, and the provider of a client in a made-up office. */
typedef struct
{
  GTestDBus        *bus;
  GDBusConnection  *near;
  GDBusConnection  *far; /* the Shell's */
  LfClient         *client;
  LfSearchProvider *provider;
  GVariant         *answer; /* owned, nullable */
  gboolean          is_answered;
  char             *chosen; /* owned, nullable */
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
on_chat (World *w, LfContact *contact)
{
  g_free (w->chosen);
  w->chosen = g_strdup_printf ("chat %s", lf_contact_get_name (contact));
}

static void
on_call (World *w, LfContact *contact)
{
  g_free (w->chosen);
  w->chosen = g_strdup_printf ("call %s", lf_contact_get_name (contact));
}

static void
on_search (World *w, const char *words)
{
  g_free (w->chosen);
  w->chosen = g_strdup_printf ("search %s", words);
}

static void
world_begin (World *w)
{
  g_autoptr (LfClock) clock = lf_clock_new_manual (LF_FAKE_NOW_US);
  g_autoptr (GError)  error = NULL;

  *w = (World){ 0 };
  w->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (w->bus);
  w->near = connect_to (w->bus);
  w->far = connect_to (w->bus);
  w->client = lf_client_new (clock);
  w->provider = lf_search_provider_new ();
  g_signal_connect_swapped (w->provider, "chat", G_CALLBACK (on_chat), w);
  g_signal_connect_swapped (w->provider, "call", G_CALLBACK (on_call), w);
  g_signal_connect_swapped (w->provider, "search", G_CALLBACK (on_search), w);
  g_assert_true (lf_search_provider_export (w->provider, w->near, PATH, &error));
  g_assert_no_error (error);
}

static void
world_end (World *w)
{
  g_object_run_dispose (G_OBJECT (w->provider));
  g_assert_finalize_object (w->provider);
  g_object_unref (w->client);
  g_dbus_connection_close_sync (w->far, NULL, NULL);
  g_dbus_connection_close_sync (w->near, NULL, NULL);
  g_object_unref (w->far);
  g_object_unref (w->near);
  g_test_dbus_down (w->bus);
  g_object_unref (w->bus);
  g_clear_pointer (&w->answer, g_variant_unref);
  g_free (w->chosen);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  World             *w = user_data;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&w->answer, g_variant_unref);
  w->answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_assert_no_error (error);
  w->is_answered = TRUE;
}

static GVariant *
call (World *w, const char *method, GVariant *parameters)
{
  w->is_answered = FALSE;
  g_dbus_connection_call (w->far, g_dbus_connection_get_unique_name (w->near), PATH, INTERFACE, method, parameters, NULL,
                          G_DBUS_CALL_FLAGS_NONE, 10000, NULL, on_answered, w);
  lf_wait_until (w->is_answered, 10000);

  return w->answer;
}

/* The ids found, joined by commas. */
static char *
find (World *w, const char *terms)
{
  g_auto (GStrv)          words = g_strsplit (terms, " ", -1);
  g_autofree const char **ids = NULL;

  g_variant_get (call (w, "GetInitialResultSet", g_variant_new ("(^as)", words)), "(^a&s)", &ids);

  return g_strjoinv (",", (char **) ids);
}

/* "name|description|icon" of one result; NULL if there is none. */
static char *
get_meta (World *w, const char *id)
{
  const char          *ids[] = { id, NULL };
  g_autoptr (GVariant) metas = NULL;
  g_autoptr (GVariant) meta = NULL;
  const char          *name = NULL;
  const char          *description = NULL;
  const char          *icon = NULL;

  metas = g_variant_get_child_value (call (w, "GetResultMetas", g_variant_new ("(^as)", ids)), 0);
  if (g_variant_n_children (metas) == 0)
    return NULL;
  meta = g_variant_get_child_value (metas, 0);
  g_assert_true (g_variant_lookup (meta, "name", "&s", &name));
  g_assert_true (g_variant_lookup (meta, "description", "&s", &description));
  g_assert_true (g_variant_lookup (meta, "gicon", "&s", &icon));

  return g_strjoin ("|", name, description, icon, NULL);
}

static LfContact *
get_first (World *w)
{
  g_autoptr (LfContact) first = g_list_model_get_item (G_LIST_MODEL (lf_client_get_roster (w->client)), 0);

  return first; /* the roster holds it */
}

static void
test_find (void)
{
  World            w;
  LfContact       *first;
  g_autofree char *chat = NULL;
  g_autofree char *both = NULL;
  g_autofree char *found = NULL;
  g_autofree char *before = NULL;
  g_autofree char *nobody = NULL;
  g_autofree char *punctuation = NULL;
  g_autofree char *empty = NULL;

  g_test_summary ("A name finds a chat and a call; nobody is found while nobody is signed in");
  world_begin (&w);
  before = find (&w, "a");
  g_assert_cmpstr (before, ==, "");
  lf_fake_client_fill (w.client);
  lf_search_provider_set_client (w.provider, w.client);
  first = get_first (&w);
  chat = g_strconcat ("chat:", lf_contact_get_user (first), NULL);
  both = g_strconcat (chat, ",call:", lf_contact_get_user (first), NULL);
  found = find (&w, lf_contact_get_name (first));
  g_assert_cmpstr (found, ==, lf_contact_get_addresses (first) != NULL ? both : chat);
  nobody = find (&w, "Nobody Atall");
  g_assert_cmpstr (nobody, ==, "");
  punctuation = find (&w, "% _ *");
  g_assert_cmpstr (punctuation, ==, "");
  empty = find (&w, "");
  g_assert_cmpstr (empty, ==, "");
  world_end (&w);
}

static void
test_show (void)
{
  World            w;
  LfContact       *first;
  g_autofree char *id = NULL;
  g_autofree char *call_id = NULL;
  g_autofree char *wanted = NULL;
  g_autofree char *wanted_call = NULL;
  g_autofree char *phone = NULL;
  g_autofree char *calling = NULL;
  g_autofree char *away = NULL;

  g_test_summary ("A result tells the status in words, beside a shape; an id that is none is passed over");
  world_begin (&w);
  lf_fake_client_fill (w.client);
  lf_search_provider_set_client (w.provider, w.client);
  first = get_first (&w);
  id = g_strconcat ("chat:", lf_contact_get_user (first), NULL);
  call_id = g_strconcat ("call:", lf_contact_get_user (first), NULL);
  lf_fake_client_set_reach (w.client, lf_contact_get_user (first), LF_REACHABILITY_AWAY, "At\nlunch");
  lf_fake_client_set_phone (w.client, lf_contact_get_user (first), LF_PHONE_OFF_HOOK);
  phone = get_meta (&w, id);
  wanted = g_strdup_printf ("%s|On the phone", lf_contact_get_name (first));
  g_assert_true (g_str_has_prefix (phone, wanted));
  g_assert_nonnull (strstr (phone, " – At lunch|user-busy-symbolic"));
  calling = get_meta (&w, call_id);
  wanted_call = g_strdup_printf ("Call %s|On the phone", lf_contact_get_name (first));
  g_assert_true (g_str_has_prefix (calling, wanted_call));
  g_assert_true (g_str_has_suffix (calling, "|call-start-symbolic"));
  lf_fake_client_set_phone (w.client, lf_contact_get_user (first), LF_PHONE_ON_HOOK);
  away = get_meta (&w, id);
  g_assert_true (g_str_has_suffix (away, "|user-away-symbolic"));
  g_assert_null (get_meta (&w, "chat:nobody"));
  g_assert_null (get_meta (&w, lf_contact_get_user (first)));
  g_assert_null (get_meta (&w, "chat:"));
  world_end (&w);
}

static void
test_choose (void)
{
  World            w;
  LfContact       *first;
  g_autofree char *id = NULL;
  g_autofree char *call_id = NULL;
  g_autofree char *wanted = NULL;
  g_autofree char *wanted_call = NULL;
  const char      *terms[] = { "ada", "l", NULL };

  g_test_summary ("What is chosen opens the chat, calls, or goes on in the window; what is nothing does nothing");
  world_begin (&w);
  lf_fake_client_fill (w.client);
  lf_search_provider_set_client (w.provider, w.client);
  first = get_first (&w);
  id = g_strconcat ("chat:", lf_contact_get_user (first), NULL);
  call_id = g_strconcat ("call:", lf_contact_get_user (first), NULL);
  wanted = g_strconcat ("chat ", lf_contact_get_name (first), NULL);
  wanted_call = g_strconcat ("call ", lf_contact_get_name (first), NULL);
  call (&w, "ActivateResult", g_variant_new ("(s^asu)", "call:nobody", terms, 7));
  call (&w, "ActivateResult", g_variant_new ("(s^asu)", lf_contact_get_user (first), terms, 7));
  g_assert_null (w.chosen);
  call (&w, "ActivateResult", g_variant_new ("(s^asu)", id, terms, 7));
  g_assert_cmpstr (w.chosen, ==, wanted);
  call (&w, "ActivateResult", g_variant_new ("(s^asu)", call_id, terms, 7));
  g_assert_cmpstr (w.chosen, ==, wanted_call);
  call (&w, "LaunchSearch", g_variant_new ("(^asu)", terms, 7));
  g_assert_cmpstr (w.chosen, ==, "search ada l");
  world_end (&w);
}

static void
test_bounds (void)
{
  World                w;
  g_autofree char     *long_text = g_strnfill (100000, 'a');
  const char          *long_terms[] = { long_text, NULL };
  g_autoptr (GVariant) none = NULL;
  g_autoptr (GVariant) some = NULL;
  g_autoptr (GVariant) metas = NULL;
  GVariantBuilder      many;
  GVariantBuilder      ids;
  const char          *terms[] = { "c", NULL };

  g_test_summary ("However many fit and whatever is asked, few are found");
  world_begin (&w);
  lf_fake_client_fill (w.client);
  lf_fake_client_fill_many (w.client, 2000);
  lf_search_provider_set_client (w.provider, w.client);
  none = g_variant_get_child_value (call (&w, "GetInitialResultSet", g_variant_new ("(^as)", long_terms)), 0);
  g_assert_cmpuint (g_variant_n_children (none), ==, 0);

  g_variant_builder_init (&many, G_VARIANT_TYPE_STRING_ARRAY);
  g_variant_builder_init (&ids, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < 1000; i++)
    {
      g_variant_builder_add (&many, "s", "a");
      g_variant_builder_add_value (&ids, g_variant_new_take_string (g_strconcat ("chat:", lf_contact_get_user (get_first (&w)), NULL)));
    }
  g_clear_pointer (&none, g_variant_unref);
  none = g_variant_get_child_value (call (&w, "GetInitialResultSet", g_variant_new ("(as)", &many)), 0);
  g_assert_cmpuint (g_variant_n_children (none), ==, 0);
  some = g_variant_get_child_value (call (&w, "GetSubsearchResultSet", g_variant_new ("(as^as)", &ids, terms)), 0);
  g_assert_cmpuint (g_variant_n_children (some), <=, LF_SEARCH_MAX_PEOPLE + 1);

  g_variant_builder_init (&ids, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < 1000; i++)
    g_variant_builder_add_value (&ids, g_variant_new_take_string (g_strconcat ("chat:", lf_contact_get_user (get_first (&w)), NULL)));
  metas = g_variant_get_child_value (call (&w, "GetResultMetas", g_variant_new ("(as)", &ids)), 0);
  g_assert_cmpuint (g_variant_n_children (metas), <=, LF_SEARCH_MAX_PEOPLE + 1);
  world_end (&w);
}

static void
on_people_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GPtrArray        **people = user_data;

  *people = lf_people_find_finish (result, &error);
  g_assert_no_error (error);
}

static void
test_many (void)
{
  World                 w;
  g_autoptr (GPtrArray) people = NULL;

  g_test_summary ("Of very many who may be meant some are told");
  world_begin (&w);
  lf_fake_client_fill (w.client);
  lf_fake_client_fill_many (w.client, 5000); /* each is called a person */
  lf_people_find_async (w.client, "person", LF_PEOPLE_MATCH_WORDS, NULL, on_people_found, &people);
  lf_wait_until (people != NULL, 10000);
  g_assert_cmpuint (people->len, ==, LF_PEOPLE_MAX_FOUND);
  g_clear_pointer (&people, g_ptr_array_unref);
  lf_people_find_async (w.client, "person", LF_PEOPLE_MATCH_IDENTITY, NULL, on_people_found, &people);
  lf_wait_until (people != NULL, 10000);
  g_assert_cmpuint (people->len, ==, 0);
  world_end (&w);
}

static const struct
{
  const char   *who;
  LfPeopleMatch match;
} matches[] = {
  { "u7", LF_PEOPLE_MATCH_IDENTITY },
  { "ZOE", LF_PEOPLE_MATCH_IDENTITY },
  { "zoe@example.org", LF_PEOPLE_MATCH_IDENTITY },
  { "+49 (30) 20-41", LF_PEOPLE_MATCH_IDENTITY },
  { "tel:+49302041", LF_PEOPLE_MATCH_IDENTITY },
  { "zoë o'brien-müller", LF_PEOPLE_MATCH_NAME },
  { "Zoë O'Brien-Müller", LF_PEOPLE_MATCH_NAME },
  { "Zoë", LF_PEOPLE_MATCH_WORDS },
  { "zo bri", LF_PEOPLE_MATCH_WORDS },
  { "muller zoe", LF_PEOPLE_MATCH_WORDS },
  { "zo", LF_PEOPLE_MATCH_WORDS },
  { "oe", LF_PEOPLE_MATCH_NONE },
  { "zoe x", LF_PEOPLE_MATCH_NONE },
  { "2041", LF_PEOPLE_MATCH_NONE },
  { "-", LF_PEOPLE_MATCH_NONE },
  { " ", LF_PEOPLE_MATCH_NONE },
  { "u70", LF_PEOPLE_MATCH_NONE },
};

/* A name of ASCII alone. */
static const struct
{
  const char   *who;
  LfPeopleMatch match;
} plain_matches[] = {
  { "JD", LF_PEOPLE_MATCH_IDENTITY },
  { "jane mary-ann doe", LF_PEOPLE_MATCH_NAME },
  { "j", LF_PEOPLE_MATCH_WORDS },
  { "doe, jane", LF_PEOPLE_MATCH_WORDS },
  { "doe – jane", LF_PEOPLE_MATCH_WORDS },
  { "ann do", LF_PEOPLE_MATCH_WORDS },
  { "ane", LF_PEOPLE_MATCH_NONE },
  { "jane x", LF_PEOPLE_MATCH_NONE },
  { "janeé", LF_PEOPLE_MATCH_NONE },
  { "é", LF_PEOPLE_MATCH_NONE },
  { "?!", LF_PEOPLE_MATCH_NONE },
  { "–", LF_PEOPLE_MATCH_NONE },
};

static void
test_matches (void)
{
  g_autoptr (LfContact) contact = lf_contact_new ("u7");
  const char *const     addresses[] = { "sip:zoe@example.org", "tel:+49-30-2041", NULL };

  g_test_summary ("A person is named by identity, by name, or by the beginnings of words, in this order");
  lf_contact_set_person (contact, &(LfPersonFields){ .user = "u7", .login = "zoe", .name = "Zoë O'Brien-Müller", .mail = "zoe@example.org", .addresses = addresses });
  for (gsize i = 0; i < G_N_ELEMENTS (matches); i++)
    {
      g_test_message ("%s", matches[i].who);
      g_assert_cmpint (lf_people_match (contact, matches[i].who), ==, matches[i].match);
    }

  lf_contact_set_person (contact, &(LfPersonFields){ .user = "u7", .login = "jd", .name = "Jane Mary-Ann Doe" });
  for (gsize i = 0; i < G_N_ELEMENTS (plain_matches); i++)
    {
      g_test_message ("%s", plain_matches[i].who);
      g_assert_cmpint (lf_people_match (contact, plain_matches[i].who), ==, plain_matches[i].match);
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/search-provider/find", test_find);
  g_test_add_func ("/search-provider/show", test_show);
  g_test_add_func ("/search-provider/choose", test_choose);
  g_test_add_func ("/search-provider/bounds", test_bounds);
  g_test_add_func ("/search-provider/many", test_many);
  g_test_add_func ("/search-provider/matches", test_matches);

  return g_test_run ();
}
