/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-call-uri.h"
#include "lf-error.h"
#include "lf-people.h"
#include "lf-person-facts.h"
#include "lf-service-error.h"
#include "lf-service-options.h"
#include "lf-service.h"

#define INTROSPECTION "/org/lampfield/Lampfield/service/org.lampfield.Lampfield1.xml"
#define MAX_WAITING   16 /* questions that wait for the server, at a time */
#define MAX_OF_ONE    8  /* of those, by one program: another still gets an answer */
#define MAX_NAMED     8  /* in the message of an error */

struct _LfService
{
  GObject parent_instance;

  LfClient        *client;      /* owned, nullable before the start and after the end */
  GDBusConnection *bus;         /* owned, nullable unless exported */
  char            *path;        /* owned, nullable unless exported */
  LfServiceNews   *news;        /* owned, nullable until somebody asks */
  GCancellable    *cancellable; /* owned; pulled at the end */
  GPtrArray       *waiting;     /* owned, of Request; borrowed: questions without an answer yet */
  guint            registration_id;
};

G_DEFINE_FINAL_TYPE (LfService, lf_service, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHAT,
  SIGNAL_CALL,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

typedef enum
{
  REQUEST_GET_PERSON,
  REQUEST_FIND_PEOPLE,
  REQUEST_CALL,
  REQUEST_CHAT,
  REQUEST_SET_STATUS,
  REQUEST_SET_DO_NOT_DISTURB,
} RequestKind;

static const char *const request_names[] = {
  [REQUEST_GET_PERSON] = "GetPerson",
  [REQUEST_FIND_PEOPLE] = "FindPeople",
  [REQUEST_CALL] = "Call",
  [REQUEST_CHAT] = "Chat",
  [REQUEST_SET_STATUS] = "SetStatus",
  [REQUEST_SET_DO_NOT_DISTURB] = "SetDoNotDisturb",
};

/* A question that waits for the server. Who has gone away meanwhile wants nothing any more: no telephone rings
 * after Ctrl+C. */
typedef struct
{
  LfService             *service;     /* owned */
  GDBusMethodInvocation *invocation;  /* owned until answered */
  GCancellable          *cancellable; /* owned; pulled when the program that asks is gone, and at the end */
  char                  *who;         /* owned, nullable */
  RequestKind            kind;
  guint                  caller_id; /* watches the program that asks */
  gboolean               is_begun;  /* it was there, and is being answered */
} Request;

static void
request_free (Request *request)
{
  g_ptr_array_remove_fast (request->service->waiting, request);
  g_bus_unwatch_name (request->caller_id);
  g_object_unref (request->service);
  g_object_unref (request->cancellable);
  g_free (request->who);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

static Request *
request_new (LfService *self, GDBusMethodInvocation *invocation, RequestKind kind)
{
  Request *request = g_new0 (Request, 1);

  request->service = g_object_ref (self);
  request->invocation = invocation;
  request->kind = kind;
  request->cancellable = g_cancellable_new ();
  g_signal_connect_object (self->cancellable, "cancelled", G_CALLBACK (g_cancellable_cancel), request->cancellable, G_CONNECT_SWAPPED);
  g_ptr_array_add (self->waiting, request);

  return request;
}

static gboolean
has_room_for (LfService *self, const char *sender)
{
  guint n_of_one = 0;

  for (guint i = 0; i < self->waiting->len; i++)
    {
      const Request *request = self->waiting->pdata[i];

      n_of_one += g_strcmp0 (g_dbus_method_invocation_get_sender (request->invocation), sender) == 0;
    }

  return self->waiting->len < MAX_WAITING && n_of_one < MAX_OF_ONE;
}

/* ---- answers ---- */

static void
answer_error (GDBusMethodInvocation *invocation, LfServiceError code, const char *message)
{
  g_dbus_method_invocation_return_error_literal (invocation, LF_SERVICE_ERROR, (int) code, message);
}

static void
answer_signed_out (LfService *self, GDBusMethodInvocation *invocation)
{
  LfClientState state = self->client != NULL ? lf_client_get_state (self->client) : LF_CLIENT_SIGNED_OUT;

  if (state == LF_CLIENT_SIGNED_OUT)
    answer_error (invocation, LF_SERVICE_ERROR_NOT_SIGNED_IN, _("Nobody is signed in. Sign in at the window of Lampfield, then try again."));
  else
    answer_error (invocation, LF_SERVICE_ERROR_UNAVAILABLE, _("Lampfield is still signing in. Try again in a moment."));
}

static void
answer_ambiguous (const Request *request, const GPtrArray *people)
{
  g_autoptr (GString) message = g_string_new (NULL);

  /* Translators: the argument is what somebody was looked for by; a list of people follows. */
  g_string_append_printf (message, _("“%s” is more than one person. Ask by login:"), request->who);
  for (guint i = 0; i < MIN (people->len, MAX_NAMED); i++)
    {
      const char *login = lf_contact_get_login (people->pdata[i]);

      g_string_append_printf (message, "%s %s (%s)", i > 0 ? "," : "", login != NULL ? login : lf_contact_get_user (people->pdata[i]),
                              lf_contact_get_name (people->pdata[i]));
    }
  if (people->len > MAX_NAMED)
    g_string_append (message, ", …");
  answer_error (request->invocation, LF_SERVICE_ERROR_AMBIGUOUS, message->str);
}

static void
answer_people (const Request *request, const GPtrArray *people)
{
  GVariantBuilder all;

  g_variant_builder_init (&all, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < people->len; i++)
    g_variant_builder_add_value (&all, lf_person_facts_new (request->service->client, people->pdata[i]));
  g_dbus_method_invocation_return_value (request->invocation, g_variant_new ("(aa{sv})", &all));
}

static void
answer_one (const Request *request, LfContact *contact)
{
  LfService         *self = request->service;
  const char *const *addresses = lf_contact_get_addresses (contact);

  if (request->kind == REQUEST_GET_PERSON)
    {
      g_dbus_method_invocation_return_value (request->invocation, g_variant_new ("(@a{sv})", lf_person_facts_new (self->client, contact)));
      return;
    }
  if (contact == lf_client_get_own (self->client))
    {
      answer_error (request->invocation, LF_SERVICE_ERROR_BAD_ARGUMENT, _("That is you. Name somebody else."));
      return;
    }
  if (request->kind == REQUEST_CALL && (addresses == NULL || addresses[0] == NULL))
    {
      answer_error (request->invocation, LF_SERVICE_ERROR_NO_NUMBER, _("No number is known of this person. Call a number instead."));
      return;
    }

  if (request->kind == REQUEST_CALL)
    g_signal_emit (self, signals[SIGNAL_CALL], 0, contact, NULL);
  else
    g_signal_emit (self, signals[SIGNAL_CHAT], 0, contact);
  g_dbus_method_invocation_return_value (request->invocation, NULL);
}

/* ---- what waits for the server ---- */

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request)   request = user_data;
  g_autoptr (GError)    error = NULL;
  g_autoptr (GPtrArray) people = lf_people_find_finish (result, &error);
  /* Translators: the argument is what somebody was looked for by. */
  g_autofree char *words = g_strdup_printf (_("Nobody is called “%s”. Check the spelling, or ask by login or mail address."), request->who);

  if (people == NULL)
    g_dbus_method_invocation_take_error (request->invocation, lf_service_error_new_from_client (error));
  else if (!lf_people_are_known (request->service->client)) /* any more */
    answer_signed_out (request->service, request->invocation);
  else if (request->kind == REQUEST_FIND_PEOPLE)
    answer_people (request, people);
  else if (people->len == 0)
    answer_error (request->invocation, LF_SERVICE_ERROR_NOT_FOUND, words);
  else if (people->len > 1)
    answer_ambiguous (request, people);
  else
    answer_one (request, people->pdata[0]);
}

static void
on_settled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError)  error = NULL;

  if (lf_client_settle_finish (LF_CLIENT (source), result, &error))
    g_dbus_method_invocation_return_value (request->invocation, NULL);
  else
    g_dbus_method_invocation_take_error (request->invocation, lf_service_error_new_from_client (error));
}

/* ---- methods ---- */

static void
refuse (Request *request, const char *message)
{
  answer_error (request->invocation, LF_SERVICE_ERROR_BAD_ARGUMENT, message);
  request_free (request);
}

static void
refuse_by (Request *request, const GError *error)
{
  g_dbus_method_invocation_return_gerror (request->invocation, error);
  request_free (request);
}

static void
find (LfService *self, Request *request, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *uri = NULL;
  const char        *given;

  g_variant_get (parameters, "(&s)", &given);
  request->who = lf_service_options_read_who (given, &error);
  if (request->who == NULL)
    {
      refuse_by (request, error);
      return;
    }

  uri = request->kind == REQUEST_CALL ? lf_call_uri_new (request->who, NULL) : NULL;
  if (uri != NULL)
    {
      g_signal_emit (self, signals[SIGNAL_CALL], 0, NULL, uri);
      g_dbus_method_invocation_return_value (request->invocation, NULL);
      request_free (request);
      return;
    }
  lf_people_find_async (self->client, request->who, LF_PEOPLE_MATCH_WORDS, request->cancellable, on_found, request);
}

static void
set_status (LfService *self, Request *request, GVariant *parameters)
{
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError)   error = NULL;
  gint64               now_us = lf_clock_get_now_us (lf_client_get_clock (self->client));
  LfServiceOptions     read;
  LfChoice             choice;
  const char          *name;

  g_variant_get (parameters, "(&s@a{sv})", &name, &options);
  if (!lf_person_facts_read_choice (name, &choice))
    {
      refuse (request, _("A status is automatic, available or away."));
      return;
    }
  if (!lf_service_options_read (options, TRUE, now_us, &read, &error))
    {
      refuse_by (request, error);
      return;
    }
  if (choice == LF_CHOICE_AUTOMATIC && read.note == NULL && read.emoji == NULL && read.until_us != LF_INSTANT_NONE)
    {
      refuse (request, _("There is nothing to end: an end needs a note, or another status than “automatic”."));
      return;
    }
  lf_client_set_status (self->client, choice, read.note, read.emoji, read.until_us);
  lf_client_settle_async (self->client, request->cancellable, on_settled, request);
}

static void
set_do_not_disturb (LfService *self, Request *request, GVariant *parameters)
{
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError)   error = NULL;
  gint64               now_us = lf_clock_get_now_us (lf_client_get_clock (self->client));
  LfServiceOptions     read;
  gboolean             is_on;

  g_variant_get (parameters, "(b@a{sv})", &is_on, &options);
  if (!lf_service_options_read (options, FALSE, now_us, &read, &error))
    {
      refuse_by (request, error);
      return;
    }
  if (!is_on && read.until_us != LF_INSTANT_NONE)
    {
      refuse (request, _("There is nothing to end when “do not disturb” is off."));
      return;
    }
  lf_client_set_dnd (self->client, is_on, read.until_us);
  lf_client_settle_async (self->client, request->cancellable, on_settled, request);
}

/* ---- the program that asks ---- */

/* A client that stood still finds questions of programs that are gone: only what is wanted now is done. */
static void
on_caller_there (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  Request   *request = user_data;
  LfService *self = request->service;
  GVariant  *parameters = g_dbus_method_invocation_get_parameters (request->invocation);

  if (request->is_begun)
    return;

  request->is_begun = TRUE;
  if (!lf_people_are_known (self->client)) /* any more */
    {
      answer_signed_out (self, request->invocation);
      request_free (request);
    }
  else if (request->kind == REQUEST_SET_STATUS)
    set_status (self, request, parameters);
  else if (request->kind == REQUEST_SET_DO_NOT_DISTURB)
    set_do_not_disturb (self, request, parameters);
  else
    find (self, request, parameters);
}

static void
on_caller_gone (GDBusConnection *bus, const char *name, gpointer user_data)
{
  Request *request = user_data;

  if (request->is_begun)
    {
      g_cancellable_cancel (request->cancellable); /* it ends in its callback */
      return;
    }
  g_object_unref (request->invocation);
  request_free (request);
}

static void
begin (LfService *self, GDBusMethodInvocation *invocation, const char *sender, const char *method)
{
  Request *request;
  guint    kind = 0;

  if (!has_room_for (self, sender))
    {
      answer_error (invocation, LF_SERVICE_ERROR_BUSY, _("Too much is asked at once. Wait for answers first."));
      return;
    }

  while (kind < G_N_ELEMENTS (request_names) - 1 && !g_str_equal (method, request_names[kind]))
    kind++;
  request = request_new (self, invocation, (RequestKind) kind);
  request->caller_id = g_bus_watch_name_on_connection (self->bus, sender, G_BUS_NAME_WATCHER_FLAGS_NONE, on_caller_there, on_caller_gone, request, NULL);
}

static void
note_use (LfService *self)
{
  if (self->news == NULL && self->client != NULL)
    self->news = lf_service_news_new (self->client, self->bus, self->path);
}

/* Only methods of the introspection data come here, with arguments of the types told there. */
static void
on_method_call (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  LfService *self = user_data;

  note_use (self);
  if (!lf_people_are_known (self->client))
    answer_signed_out (self, invocation);
  else if (g_str_equal (method, "GetOwn"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(@a{sv})", lf_person_facts_new_own (self->client)));
  else
    begin (self, invocation, sender, method);
}

/* There is one: the state. */
static GVariant *
on_get_property (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *property, GError **error, gpointer user_data)
{
  LfService *self = user_data;

  note_use (self);

  return g_variant_new_string (lf_person_facts_name_state (self->client != NULL ? lf_client_get_state (self->client) : LF_CLIENT_SIGNED_OUT));
}

static void
lf_service_dispose (GObject *object)
{
  LfService *self = LF_SERVICE (object);

  lf_service_withdraw (self);
  lf_service_set_client (self, NULL);
  G_OBJECT_CLASS (lf_service_parent_class)->dispose (object);
}

static void
lf_service_finalize (GObject *object)
{
  LfService *self = LF_SERVICE (object);

  g_ptr_array_unref (self->waiting);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (lf_service_parent_class)->finalize (object);
}

static void
lf_service_class_init (LfServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lf_service_dispose;
  G_OBJECT_CLASS (klass)->finalize = lf_service_finalize;

  signals[SIGNAL_CHAT] = g_signal_new ("chat", LF_TYPE_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, LF_TYPE_CONTACT);
  signals[SIGNAL_CALL] = g_signal_new ("call", LF_TYPE_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, LF_TYPE_CONTACT, G_TYPE_STRING);
}

static void
lf_service_init (LfService *self)
{
  self->cancellable = g_cancellable_new ();
  self->waiting = g_ptr_array_new ();
}

/**
 * lf_service_new:
 *
 * Returns: (transfer full): a service that is on no bus
 */
LfService *
lf_service_new (void)
{
  return g_object_new (LF_TYPE_SERVICE, NULL);
}

/**
 * lf_service_set_client:
 * @self: a service
 * @client: (nullable): what answers come from; %NULL at the end
 *
 * The bus knows the service before the program has a client, so that nobody who sees its name asks in vain.
 */
void
lf_service_set_client (LfService *self, LfClient *client)
{
  g_return_if_fail (LF_IS_SERVICE (self));

  g_clear_object (&self->news);
  if (client == NULL)
    g_cancellable_cancel (self->cancellable);
  g_set_object (&self->client, client);
}

/**
 * lf_service_export:
 * @self: a service that is on no bus
 * @bus: a bus
 * @path: of its object
 * @error: return location
 *
 * Puts the service on a bus. Sets %G_IO_ERROR_EXISTS where the interface is at @path already.
 *
 * Returns: %TRUE if it can be asked now
 */
gboolean
lf_service_export (LfService *self, GDBusConnection *bus, const char *path, GError **error)
{
  static const GDBusInterfaceVTable vtable = { on_method_call, on_get_property, NULL, { NULL } };
  g_autoptr (GBytes)                xml = g_resources_lookup_data (INTROSPECTION, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (GDBusNodeInfo)         node = NULL;

  g_return_val_if_fail (LF_IS_SERVICE (self) && self->bus == NULL && G_IS_DBUS_CONNECTION (bus) && path != NULL, FALSE);

  node = g_dbus_node_info_new_for_xml (g_bytes_get_data (xml, NULL), error);
  if (node == NULL)
    return FALSE;
  self->registration_id = g_dbus_connection_register_object (bus, path, g_dbus_node_info_lookup_interface (node, LF_SERVICE_INTERFACE),
                                                             &vtable, self, NULL, error);
  if (self->registration_id == 0)
    return FALSE;
  self->bus = g_object_ref (bus);
  self->path = g_strdup (path);

  return TRUE;
}

/**
 * lf_service_withdraw:
 * @self: a service
 *
 * Takes it from the bus.
 */
void
lf_service_withdraw (LfService *self)
{
  g_return_if_fail (LF_IS_SERVICE (self));

  g_clear_object (&self->news);
  if (self->registration_id != 0)
    g_dbus_connection_unregister_object (self->bus, self->registration_id);
  self->registration_id = 0;
  g_clear_object (&self->bus);
  g_clear_pointer (&self->path, g_free);
}
