/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-banner.h"
#include "lf-status-words.h"

#define PATIENCE_TICKS 2             /* minutes without any phone: a restart of the server is over by then */
#define PATIENCE_MS    2000          /* a cut that heals within this is not worth a word */
#define OLD_NOTE_US    (3 * LF_HOUR) /* a note that has stood so long may have been forgotten */
#define START_MS       500           /* the same when the list is the last time's: nobody shown is known to be there */

struct _LfBanner
{
  GtkWidget parent_instance;

  LfClient  *client;   /* owned, nullable */
  GSettings *settings; /* owned, nullable */
  guint      patience_id;
  gboolean   is_patient;     /* just cut: wait before saying so */
  gboolean   was_online;     /* since the sign-in */
  gboolean   had_phones;     /* some phone was known since the sign-in */
  guint      n_silent_ticks; /* minutes since any was */

  GtkRevealer *revealer;
  GtkLabel    *label;
  GtkWidget   *button;
  GtkWidget   *note_buttons;
};

G_DEFINE_FINAL_TYPE (LfBanner, lf_banner, GTK_TYPE_WIDGET)

static gboolean
phones_are_lost (LfBanner *self)
{
  return lf_client_get_state (self->client) == LF_CLIENT_ONLINE && self->had_phones && self->n_silent_ticks >= PATIENCE_TICKS;
}

/* "kept-note" has when the note was set that the user wants to keep. */
static gboolean
has_old_note (LfBanner *self)
{
  const LfWireMe *me = lf_client_get_me (self->client);

  return me != NULL && me->note_since_us != LF_INSTANT_NONE && (me->status.text != NULL || me->status.emoji != NULL) &&
         lf_clock_get_now_us (lf_client_get_clock (self->client)) - me->note_since_us >= OLD_NOTE_US &&
         g_settings_get_int64 (self->settings, "kept-note") != me->note_since_us;
}

static void
show_old_note (LfBanner *self)
{
  const LfWireMe  *me = lf_client_get_me (self->client);
  g_autofree char *age = lf_status_words_format_age (me->note_since_us, lf_clock_get_now_us (lf_client_get_clock (self->client)));
  /* Translators: the arguments are the own status text, such as "Lunch", and an age, such as "3 h". */
  g_autofree char *words = g_strdup_printf (_("Your status “%s” is %s old"), me->status.text != NULL ? me->status.text : me->status.emoji, age);

  gtk_label_set_label (self->label, words);
}

static void
on_clear (LfBanner *self)
{
  lf_client_clear_status (self->client);
}

static void
update (LfBanner *self)
{
  gboolean is_cut = lf_client_get_state (self->client) == LF_CLIENT_RECONNECTING && !self->is_patient;
  gboolean is_note = !is_cut && !phones_are_lost (self) && lf_client_get_state (self->client) == LF_CLIENT_ONLINE && has_old_note (self);

  if (is_cut)
    {
      gint64           as_of_us = lf_client_get_as_of_us (self->client);
      gint64           now_us = lf_clock_get_now_us (lf_client_get_clock (self->client));
      g_autofree char *as_of = lf_status_words_format_as_of (as_of_us, now_us);
      g_autofree char *words = as_of_us > 0
        /* Translators: the argument is "as of 10:42". */
        ? g_strdup_printf (_("Reconnecting… statuses %s"), as_of)
        : g_strdup (_("Reconnecting…"));

      gtk_label_set_label (self->label, words);
    }
  else if (phones_are_lost (self))
    gtk_label_set_label (self->label, _("Phone link lost: phone states unknown"));
  else if (is_note)
    show_old_note (self);
  gtk_widget_set_visible (self->button, is_cut);
  gtk_widget_set_visible (self->note_buttons, is_note);
  gtk_revealer_set_reveal_child (self->revealer, is_cut || is_note || phones_are_lost (self));
}

static void
on_keep (LfBanner *self)
{
  const LfWireMe *me = lf_client_get_me (self->client);

  if (me != NULL)
    g_settings_set_int64 (self->settings, "kept-note", me->note_since_us);
  update (self);
}

/* Once a minute: nobody's phone is known any more when the link to the telephone system is lost. */
static void
on_tick (LfBanner *self, GListModel *roster)
{
  guint    n_contacts = g_list_model_get_n_items (roster);
  gboolean has_phones = FALSE;

  for (guint i = 0; i < n_contacts && !has_phones; i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (roster, i);

      has_phones = lf_contact_get_presence (contact)->phone.state != LF_PHONE_UNKNOWN;
    }

  self->had_phones = n_contacts > 0 && (self->had_phones || has_phones);
  self->n_silent_ticks = has_phones || lf_client_get_state (self->client) != LF_CLIENT_ONLINE ? 0 : self->n_silent_ticks + 1;
  update (self);
}

static gboolean
on_patience_over (gpointer user_data)
{
  LfBanner *self = user_data;

  self->patience_id = 0;
  self->is_patient = FALSE;
  update (self);

  return G_SOURCE_REMOVE;
}

static void
on_state_changed (LfBanner *self)
{
  LfClientState state = lf_client_get_state (self->client);
  gboolean      is_cut = state == LF_CLIENT_RECONNECTING;

  if (!is_cut)
    {
      self->was_online = state == LF_CLIENT_ONLINE;
      g_clear_handle_id (&self->patience_id, g_source_remove);
      self->is_patient = FALSE;
    }
  else if (self->patience_id == 0 && !gtk_revealer_get_reveal_child (self->revealer))
    {
      self->is_patient = TRUE;
      self->patience_id = g_timeout_add (self->was_online ? PATIENCE_MS : START_MS, on_patience_over, self);
    }
  update (self);
}

static void
lf_banner_dispose (GObject *object)
{
  LfBanner  *self = LF_BANNER (object);
  GtkWidget *child;

  g_clear_handle_id (&self->patience_id, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->client);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (lf_banner_parent_class)->dispose (object);
}

static void
lf_banner_class_init (LfBannerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lf_banner_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/window/lf-banner.ui");
  gtk_widget_class_bind_template_child (widget_class, LfBanner, revealer);
  gtk_widget_class_bind_template_child (widget_class, LfBanner, label);
  gtk_widget_class_bind_template_child (widget_class, LfBanner, button);
  gtk_widget_class_bind_template_child (widget_class, LfBanner, note_buttons);
  gtk_widget_class_bind_template_callback (widget_class, on_clear);
  gtk_widget_class_bind_template_callback (widget_class, on_keep);
}

static void
lf_banner_init (LfBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lf_banner_set_client:
 * @self: the banner
 * @client: whose connection to tell of
 * @settings: where it is kept which old note is to stay
 *
 * Follows a client's state. Once.
 */
void
lf_banner_set_client (LfBanner *self, LfClient *client, GSettings *settings)
{
  g_return_if_fail (LF_IS_BANNER (self) && LF_IS_CLIENT (client) && G_IS_SETTINGS (settings));
  g_return_if_fail (self->client == NULL);

  self->client = g_object_ref (client);
  self->settings = g_object_ref (settings);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (on_state_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (lf_client_get_roster (client), "tick", G_CALLBACK (on_tick), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "me-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::as-of-us", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  on_state_changed (self);
}
