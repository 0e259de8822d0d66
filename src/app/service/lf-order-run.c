/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "lf-json.h"
#include "lf-order.h"
#include "lf-plain-line.h"
#include "lf-service-error.h"
#include "lf-service-news.h"
#include "lf-status-words.h"

/* The other end of the service. This process does nothing else, so it may wait for its answers. */

#define OBJECT     "/org/lampfield/Lampfield"
#define AWAKE_MS   5000  /* what needs no server is answered at once, or never */
#define TIMEOUT_MS 60000 /* the client itself gives up earlier, with a reason */

/* Names and notes are other people's: nothing in them moves a terminal's cursor. */
static void
say_error (const char *text)
{
  g_autofree char *line = lf_plain_line_new (text);

  g_printerr ("lampfield: %s\n", line);
}

/* A client that stands still would be waited for long, and do things later that nobody wants any more. */
static gboolean
is_awake (GDBusConnection *bus, GError **error)
{
  g_autoptr (GVariant) state = g_dbus_connection_call_sync (bus, LF_APP_ID, OBJECT, "org.freedesktop.DBus.Properties", "Get",
                                                            g_variant_new ("(ss)", LF_SERVICE_INTERFACE, "State"), NULL,
                                                            G_DBUS_CALL_FLAGS_NO_AUTO_START, AWAKE_MS, NULL, error);

  if (state == NULL)
    g_dbus_error_strip_remote_error (*error);

  return state != NULL;
}

static GVariant *
call (GDBusConnection *bus, const char *method, GVariant *parameters, GError **error)
{
  GVariant *answer = g_dbus_connection_call_sync (bus, LF_APP_ID, OBJECT, LF_SERVICE_INTERFACE, method, parameters, NULL,
                                                  G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, NULL, error);

  if (answer == NULL && error != NULL)
    g_dbus_error_strip_remote_error (*error);

  return answer;
}

/* ---- people ---- */

static const char *
get_text (GVariant *person, const char *name)
{
  const char *text = NULL;

  g_variant_lookup (person, name, "&s", &text);

  return text;
}

static void
say_several (const char *who, GVariant *people)
{
  g_autofree char *words = NULL;

  /* Translators: the argument is what somebody was looked for by; a list of people follows. */
  words = g_strdup_printf (_("“%s” is more than one person. Ask by login:"), who);
  say_error (words);
  for (gsize i = 0; i < g_variant_n_children (people); i++)
    {
      g_autoptr (GVariant) person = g_variant_get_child_value (people, i);
      const char          *login = get_text (person, "login");
      g_autofree char     *line = g_strdup_printf ("%s: %s", login != NULL ? login : get_text (person, "user"), get_text (person, "name"));
      g_autofree char     *plain = lf_plain_line_new (line);

      g_printerr ("  %s\n", plain);
    }
}

static void
say_nobody (const char *who)
{
  g_autofree char *words = g_strdup_printf (_("Nobody is called “%s”. Check the spelling, or ask by login or mail address."), who);

  say_error (words);
}

static void
print_person (GVariant *person)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char    *plain = NULL;
  const char         *note = get_text (person, "note");
  const char         *emoji = get_text (person, "emoji");
  const char         *as_of = get_text (person, "as_of");
  gint64              as_of_us;

  g_string_append_printf (line, "%s: %s", get_text (person, "name"), get_text (person, "text"));
  if (emoji != NULL || note != NULL)
    g_string_append_printf (line, " – %s%s%s", emoji != NULL ? emoji : "", emoji != NULL && note != NULL ? " " : "", note != NULL ? note : "");
  if (as_of != NULL && lf_instant_parse (as_of, &as_of_us))
    {
      g_autofree char *age = lf_status_words_format_as_of (as_of_us, g_get_real_time ());

      g_string_append_printf (line, " (%s)", age);
    }
  plain = lf_plain_line_new (line->str);
  g_print ("%s\n", plain);
}

static void
print_json (GVariant *person)
{
  g_autoptr (GString) out = g_string_new (NULL);
  LfJsonWriter        writer;
  GVariantIter        iter;
  const char         *name;
  GVariant           *value;

  lf_json_writer_init (&writer, out);
  lf_json_writer_begin (&writer, '{');
  g_variant_iter_init (&iter, person);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
        {
          lf_json_writer_name (&writer, name);
          lf_json_writer_string (&writer, g_variant_get_string (value, NULL));
        }
      else if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
        {
          lf_json_writer_name (&writer, name);
          lf_json_writer_bool (&writer, g_variant_get_boolean (value));
        }
      else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
        {
          g_autofree const char **texts = g_variant_get_strv (value, NULL);

          lf_json_writer_name (&writer, name);
          lf_json_writer_begin (&writer, '[');
          for (gsize i = 0; texts[i] != NULL; i++)
            lf_json_writer_string (&writer, texts[i]);
          lf_json_writer_end (&writer, ']');
        }
    }
  lf_json_writer_end (&writer, '}');
  g_string_append_c (out, '\n');
  fwrite (out->str, 1, out->len, stdout); /* UTF-8 whatever the locale: g_print() would translate it */
}

/* ---- what went wrong ---- */

static int
end_by_service (GDBusConnection *bus, const LfOrder *order, const GError *error)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) people = NULL;

  switch ((LfServiceError) error->code)
    {
    case LF_SERVICE_ERROR_NOT_SIGNED_IN:
      say_error (_("Nobody is signed in. Sign in at the window of Lampfield, then try again."));
      return LF_ORDER_UNREACHABLE;
    case LF_SERVICE_ERROR_UNAVAILABLE:
    case LF_SERVICE_ERROR_BUSY:
      say_error (error->message);
      return LF_ORDER_UNREACHABLE;
    case LF_SERVICE_ERROR_NOT_FOUND:
      say_nobody (order->argument);
      return LF_ORDER_NOBODY;
    case LF_SERVICE_ERROR_AMBIGUOUS:
      answer = call (bus, "FindPeople", g_variant_new ("(s)", order->argument), NULL);
      if (answer == NULL)
        say_error (error->message);
      else
        {
          people = g_variant_get_child_value (answer, 0);
          say_several (order->argument, people);
        }
      return LF_ORDER_NOBODY;
    case LF_SERVICE_ERROR_BAD_ARGUMENT:
      say_error (error->message);
      return LF_ORDER_USAGE;
    case LF_SERVICE_ERROR_NO_NUMBER:
    case LF_SERVICE_ERROR_REFUSED:
    default:
      say_error (error->message);
      return LF_ORDER_NOBODY;
    }
}

static int
end_by_error (GDBusConnection *bus, const LfOrder *order, const GError *error)
{
  if (error->domain == LF_SERVICE_ERROR)
    return end_by_service (bus, order, error);

  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER))
    say_error (_("Lampfield is not running. Open it, sign in, then try again."));
  else if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD) || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_INTERFACE) || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT))
    say_error (_("The Lampfield that runs is another version. Quit it and open it again."));
  else
    {
      g_autofree char *words = g_strdup_printf (_("The running Lampfield does not answer: %s"), error->message);

      say_error (words);
    }

  return LF_ORDER_UNREACHABLE;
}

/* ---- orders ---- */

static GVariant *
make_options (const LfOrder *order)
{
  GVariantBuilder options;
  char            until[LF_INSTANT_MAX_CHARS];

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  if (order->note != NULL)
    g_variant_builder_add (&options, "{sv}", "note", g_variant_new_string (order->note));
  if (order->emoji != NULL)
    g_variant_builder_add (&options, "{sv}", "emoji", g_variant_new_string (order->emoji));
  /* The client knows the server's clock: a span stays one whatever this computer's says. */
  if (order->for_us != 0)
    g_variant_builder_add (&options, "{sv}", "for", g_variant_new_uint32 ((guint32) (order->for_us / LF_SECOND)));
  if (order->until_us != LF_INSTANT_NONE)
    {
      lf_instant_format (order->until_us, until);
      g_variant_builder_add (&options, "{sv}", "until", g_variant_new_string (until));
    }

  return g_variant_builder_end (&options);
}

static int
tell_who (GDBusConnection *bus, const LfOrder *order)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) answer = call (bus, "FindPeople", g_variant_new ("(s)", order->argument), &error);
  g_autoptr (GVariant) people = NULL;
  g_autoptr (GVariant) person = NULL;

  if (answer == NULL)
    return end_by_error (bus, order, error);
  if (!g_variant_is_of_type (answer, G_VARIANT_TYPE ("(aa{sv})")))
    return end_by_error (bus, order, &(GError){ G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD, NULL });

  people = g_variant_get_child_value (answer, 0);
  if (g_variant_n_children (people) == 0)
    {
      say_nobody (order->argument);
      return LF_ORDER_NOBODY;
    }
  if (g_variant_n_children (people) > 1)
    {
      say_several (order->argument, people);
      return LF_ORDER_NOBODY;
    }
  person = g_variant_get_child_value (people, 0);
  if (order->is_json)
    print_json (person);
  else
    print_person (person);

  return LF_ORDER_DONE;
}

static GVariant *
make_parameters (const LfOrder *order, const char **method)
{
  switch (order->kind)
    {
    case LF_ORDER_STATUS:
      *method = "SetStatus";
      return g_variant_new ("(s@a{sv})", order->argument, make_options (order));
    case LF_ORDER_DND:
      *method = "SetDoNotDisturb";
      return g_variant_new ("(b@a{sv})", g_str_equal (order->argument, "on"), make_options (order));
    case LF_ORDER_CALL:
      *method = "Call";
      return g_variant_new ("(s)", order->argument);
    case LF_ORDER_CHAT:
    case LF_ORDER_WHO:
    case LF_ORDER_NONE:
    default:
      *method = "Chat";
      return g_variant_new ("(s)", order->argument);
    }
}

/**
 * lf_order_run:
 * @order: as it was read; not %LF_ORDER_NONE
 *
 * Has the running client carry it out, and says what comes of it: what was asked for on standard output, what is
 * wrong on standard error. Waits; opens no display.
 *
 * Returns: the exit code of the process
 */
int
lf_order_run (const LfOrder *order)
{
  g_autoptr (GError)          error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_autoptr (GVariant)        answer = NULL;
  GVariant                   *parameters;
  const char                 *method;

  g_return_val_if_fail (order->kind != LF_ORDER_NONE, LF_ORDER_USAGE);

  lf_service_error_quark (); /* from here on its errors are known by name */

  if (bus == NULL)
    {
      g_autofree char *words = g_strdup_printf (_("There is no session bus here (%s). From another login, set DBUS_SESSION_BUS_ADDRESS to that of your desktop."), error->message);

      say_error (words);
      return LF_ORDER_UNREACHABLE;
    }
  if (!is_awake (bus, &error))
    return end_by_error (bus, order, error);
  if (order->kind == LF_ORDER_WHO)
    return tell_who (bus, order);

  parameters = make_parameters (order, &method);
  answer = call (bus, method, parameters, &error);

  return answer != NULL ? LF_ORDER_DONE : end_by_error (bus, order, error);
}
