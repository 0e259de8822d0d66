/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "lf-actions.h"
#include "lf-background.h"
#include "lf-desktop.h"
#include "lf-idle.h"
#include "lf-launcher-count.h"
#include "lf-microphone.h"
#include "lf-network-hint.h"
#include "lf-notifier.h"
#include "lf-reach.h"
#include "lf-session-watch.h"
#include "lf-window.h"

struct _LfDesktop
{
  GObject parent_instance;

  LfApplication  *application; /* borrowed: it owns this */
  LfClient       *client;      /* owned */
  GSettings      *settings;    /* owned */
  LfContact      *own;         /* owned, nullable while signed out */
  LfNotifier     *notifier;    /* owned */
  LfIdle         *idle;        /* owned */
  LfSessionWatch *session;     /* owned */
  LfReach        *reach;       /* owned */
  LfNetworkHint  *network;     /* owned */
  LfMicrophone   *microphone;  /* owned */
  LfBackground   *background;  /* owned */

  LfDesktopCalendars *calendars;      /* owned */
  LfLauncherCount    *launcher_count; /* owned */
};

G_DEFINE_FINAL_TYPE (LfDesktop, lf_desktop, G_TYPE_OBJECT)

enum
{
  PROP_IDLE_SOURCE = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
update_quiet (LfDesktop *self)
{
  LfDisplayStatus status = LF_DISPLAY_UNKNOWN;

  if (self->own != NULL)
    status = lf_contact_get_resolved (self->own)->status;
  lf_notifier_set_is_quiet (self->notifier, status == LF_DISPLAY_DO_NOT_DISTURB ||
                                              status == LF_DISPLAY_ON_THE_PHONE);
}

/* The conversation with this person is before the user's eyes. */
static gboolean
is_in_front (LfDesktop  *self,
             const char *user)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self->application));
  LfContact *open;

  if (!LF_IS_WINDOW (window) || !gtk_window_is_active (window) ||
      !gtk_widget_get_mapped (GTK_WIDGET (window)))
    return FALSE;
  open = lf_window_get_open_contact (LF_WINDOW (window));
  return open != NULL && g_strcmp0 (lf_contact_get_user (open), user) == 0;
}

/* The server has heard that the user is away, or cannot be told: nothing holds the sleep off any more. */
static void
update_sleep (LfDesktop *self)
{
  LfReachabilityState state = LF_REACHABILITY_AWAY;

  if (!lf_session_watch_get_is_asleep (self->session))
    return;
  if (self->own != NULL && lf_client_get_state (self->client) == LF_CLIENT_ONLINE)
    state = lf_contact_get_presence (self->own)->reachability.state;
  if (state == LF_REACHABILITY_AWAY)
    lf_session_watch_let_sleep (self->session);
}

static void
on_own_resolved (LfContact *own,
                 LfDesktop *self)
{
  update_quiet (self);
  update_sleep (self);
}

static void
follow_own (LfDesktop *self)
{
  LfContact *own = lf_client_get_own (self->client);

  if (self->own == own)
    return;
  if (self->own != NULL)
    g_signal_handlers_disconnect_by_data (self->own, self);
  g_set_object (&self->own, own);
  if (own != NULL)
    g_signal_connect_object (own, "resolved", G_CALLBACK (on_own_resolved), self, 0);
  else /* signed out: the end of the quiet must not tell of people who are not shown any more */
    lf_notifier_withdraw_all (self->notifier);
  update_quiet (self);
}

/* The calendars of this computer are published for whoever is signed in. */
static void
follow_session (LfDesktop *self)
{
  const LfWireMe *me = lf_client_get_me (self->client);

  lf_desktop_calendars_set_session (self->calendars,
                                    me != NULL ? lf_client_get_session (self->client) : NULL, me != NULL ? me->person.mail : NULL);
}

static void
on_me_changed (LfClient  *client,
               LfDesktop *self)
{
  follow_own (self);
  follow_session (self);
}

static void
on_state_changed (LfClient   *client,
                  GParamSpec *pspec,
                  LfDesktop  *self)
{
  follow_own (self);
  follow_session (self);
}

static void
on_became_available (LfClient  *client,
                     LfContact *contact,
                     LfDesktop *self)
{
  follow_own (self);
  update_quiet (self);
  if (g_settings_get_boolean (self->settings, "notify-available"))
    lf_notifier_tell_available (self->notifier, contact);
}

static void
on_unread_changed (LfConversation *conversation,
                   GParamSpec     *pspec,
                   LfDesktop      *self)
{
  if (lf_conversation_get_unread (conversation) == 0)
    lf_notifier_withdraw_message (self->notifier, lf_conversation_get_other (conversation));
}

static void
on_message_received (LfClient       *client,
                     LfConversation *conversation,
                     LfMessageItem  *item,
                     LfDesktop      *self)
{
  const char *user = lf_conversation_get_other (conversation);
  const char *name = lf_conversation_get_other_name (conversation);
  LfContact  *contact = lf_roster_lookup (lf_client_get_roster (client), user);

  /* Once per conversation: the handler stays, to take the notification away when it is read. */
  if (g_signal_handler_find (conversation, G_SIGNAL_MATCH_FUNC | G_SIGNAL_MATCH_DATA, 0, 0, NULL,
                             on_unread_changed, self) == 0)
    g_signal_connect_object (conversation, "notify::unread", G_CALLBACK (on_unread_changed), self, 0);
  follow_own (self);
  update_quiet (self);
  if (is_in_front (self, user) || !g_settings_get_boolean (self->settings, "notify-messages"))
    return;
  if (contact != NULL)
    name = lf_contact_get_name (contact);
  lf_notifier_set_shows_text (self->notifier, g_settings_get_boolean (self->settings, "notify-message-text"));
  lf_notifier_tell_message (self->notifier, user, name == NULL ? user : name,
                            lf_message_item_get_message (item)->body,
                            lf_conversation_get_unread (conversation));
}

static void
on_chosen (LfNotifier *notifier,
           const char *user,
           guint       choice,
           const char *token,
           LfDesktop  *self)
{
  GActionGroup *actions = G_ACTION_GROUP (self->application);
  GtkWindow    *window = gtk_application_get_active_window (GTK_APPLICATION (self->application));
  const char   *action = choice == LF_NOTIFIER_CALL ? LF_ACTION_APP_CALL : LF_ACTION_APP_CHAT;

  if (window != NULL && token != NULL)
    gtk_window_set_startup_id (window, token);
  if (*user == '\0')
    {
      lf_application_present (self->application);
      return;
    }
  lf_notifier_withdraw (notifier, user);
  g_action_group_activate_action (actions, action + strlen ("app."), g_variant_new_string (user));
}

static void
on_reach_changed (LfReach   *reach,
                  LfDesktop *self)
{
  lf_client_set_reach (self->client, lf_reach_get_state (reach), lf_reach_get_since_us (reach));
}

static void
on_idle_source_changed (LfIdle     *idle,
                        GParamSpec *pspec,
                        LfDesktop  *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IDLE_SOURCE]);
}

static void
on_awake_changed (LfSessionWatch *session,
                  GParamSpec     *pspec,
                  LfDesktop      *self)
{
  if (!lf_session_watch_get_is_asleep (session))
    lf_network_hint_wake (self->network);
  update_sleep (self);
}

static void
on_microphone_wanted (GSettings  *settings,
                      const char *key,
                      LfDesktop  *self)
{
  lf_microphone_set_is_watching (self->microphone, g_settings_get_boolean (settings, key));
}

static void
on_microphone_changed (LfMicrophone *microphone,
                       GParamSpec   *pspec,
                       LfDesktop    *self)
{
  lf_client_set_is_on_the_phone (self->client, lf_microphone_get_is_in_use (microphone));
}

static void
on_network_hint (LfNetworkHint *network,
                 LfDesktop     *self)
{
  lf_client_reconnect_now (self->client);
}

static void
on_kept_running (LfBackground *background,
                 LfDesktop    *self)
{
  lf_notifier_tell_background (self->notifier);
}

static void
lf_desktop_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_IDLE_SOURCE:
      g_value_take_string (value, lf_desktop_dup_idle_source (LF_DESKTOP (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lf_desktop_dispose (GObject *object)
{
  LfDesktop *self = LF_DESKTOP (object);

  if (self->own != NULL)
    g_signal_handlers_disconnect_by_data (self->own, self);
  g_clear_object (&self->own);
  if (self->calendars != NULL)
    g_object_run_dispose (G_OBJECT (self->calendars)); /* a window may still look at them */
  g_clear_object (&self->calendars);
  g_clear_object (&self->reach);
  g_clear_object (&self->idle);
  g_clear_object (&self->session);
  g_clear_object (&self->network);
  g_clear_object (&self->microphone);
  g_clear_object (&self->background);
  if (self->launcher_count != NULL)
    g_object_run_dispose (G_OBJECT (self->launcher_count)); /* the bus may still be asked for */
  g_clear_object (&self->launcher_count);
  if (self->notifier != NULL)
    g_object_run_dispose (G_OBJECT (self->notifier));
  g_clear_object (&self->notifier);
  g_clear_object (&self->settings);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (lf_desktop_parent_class)->dispose (object);
}

static void
lf_desktop_class_init (LfDesktopClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = lf_desktop_get_property;
  object_class->dispose = lf_desktop_dispose;

  props[PROP_IDLE_SOURCE] = g_param_spec_string ("idle-source", NULL, NULL, NULL,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
lf_desktop_init (LfDesktop *self)
{
}

static void
follow_client (LfDesktop *self)
{
  g_signal_connect_object (self->client, "became-available", G_CALLBACK (on_became_available), self, 0);
  g_signal_connect_object (self->client, "message-received", G_CALLBACK (on_message_received), self, 0);
  g_signal_connect_object (self->client, "me-changed", G_CALLBACK (on_me_changed), self, 0);
  g_signal_connect_object (self->client, "notify::state", G_CALLBACK (on_state_changed), self, 0);
  follow_own (self);
  follow_session (self);
}

/**
 * lf_desktop_new:
 * @application: the program; it outlives the result
 *
 * Ties the program to the session round it, and starts to watch for idleness, lock and sleep.
 *
 * Returns: (transfer full): to be kept while the program runs
 */
LfDesktop *
lf_desktop_new (LfApplication *application)
{
  LfDesktop *self;

  g_return_val_if_fail (LF_IS_APPLICATION (application), NULL);

  self = g_object_new (LF_TYPE_DESKTOP, NULL);
  self->application = application;
  self->client = g_object_ref (lf_application_get_client (application));
  self->settings = g_object_ref (lf_application_get_settings (application));
  self->calendars = lf_desktop_calendars_new (self->settings, lf_client_get_clock (self->client));
  self->notifier = lf_notifier_new ();
  self->idle = lf_idle_new (LF_REACH_IDLE_MS, LF_REACH_AWAY_MS);
  self->session = lf_session_watch_new ();
  self->reach = lf_reach_new (lf_client_get_clock (self->client), self->idle, self->session);
  self->network = lf_network_hint_new (g_network_monitor_get_default ());
  self->microphone = lf_microphone_new ();
  self->launcher_count = lf_launcher_count_new (self->client);
  self->background = lf_background_new (GTK_APPLICATION (application), self->settings);
  g_signal_connect_object (self->notifier, "chosen", G_CALLBACK (on_chosen), self, 0);
  g_signal_connect_object (self->idle, "notify::source", G_CALLBACK (on_idle_source_changed), self, 0);
  g_signal_connect_object (self->reach, "changed", G_CALLBACK (on_reach_changed), self, 0);
  g_signal_connect_object (self->session, "notify::is-asleep", G_CALLBACK (on_awake_changed), self, 0);
  g_signal_connect_object (self->network, "hint", G_CALLBACK (on_network_hint), self, 0);
  g_signal_connect_object (self->background, "kept-running", G_CALLBACK (on_kept_running), self, 0);
  g_signal_connect_object (self->microphone, "notify::is-in-use", G_CALLBACK (on_microphone_changed), self, 0);
  g_signal_connect_object (self->settings, "changed::microphone-is-a-call", G_CALLBACK (on_microphone_wanted), self, 0);
  follow_client (self);
  on_microphone_wanted (self->settings, "microphone-is-a-call", self);
  lf_client_set_reach (self->client, lf_reach_get_state (self->reach), lf_reach_get_since_us (self->reach));
  lf_idle_start (self->idle);
  lf_session_watch_start (self->session);
  return self;
}

/**
 * lf_desktop_get_calendars:
 * @self: a desktop
 *
 * Returns: (transfer none): the calendars of this computer
 */
LfDesktopCalendars *
lf_desktop_get_calendars (LfDesktop *self)
{
  g_return_val_if_fail (LF_IS_DESKTOP (self), NULL);

  return self->calendars;
}

/**
 * lf_desktop_dup_idle_source:
 * @self: a desktop
 *
 * Returns: (transfer full): for people: how idleness is noticed, or that it is not
 */
char *
lf_desktop_dup_idle_source (LfDesktop *self)
{
  const char *source;

  g_return_val_if_fail (LF_IS_DESKTOP (self), NULL);

  source = lf_idle_get_source (self->idle);
  if (source != NULL)
    /* Translators: the argument is what it is noticed by: "the X server" */
    return g_strdup_printf (_("Noticed by %s"), source);
  if (!lf_idle_is_decided (self->idle))
    return g_strdup (_("Not known yet"));
  return g_strdup (_("Not noticed on this desktop: you stay online until you lock the screen or choose Away"));
}
