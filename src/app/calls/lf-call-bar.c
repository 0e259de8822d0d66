/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-actions.h"
#include "lf-badge.h"
#include "lf-call-bar.h"
#include "lf-call-words.h"
#include "lf-status-words.h"

#define SHORT_S 5  /* what went as wanted is shown for so long */
#define LONG_S  20 /* and what asks for something */

struct _LfCallBar
{
  GtkWidget parent_instance;

  LfClient  *client;  /* owned, nullable */
  LfContact *contact; /* owned, nullable: with whom */
  guint      dismiss_id;

  GtkRevealer *revealer;
  LfBadge     *badge;
  GtkLabel    *name_label;
  GtkLabel    *state_label;
  GtkWidget   *arm_button;
  GtkWidget   *again_button;
  GtkWidget   *cancel_button;
  GtkWidget   *close_button;
};

G_DEFINE_FINAL_TYPE (LfCallBar, lf_call_bar, GTK_TYPE_WIDGET)

static LfTelephone *
get_telephone (LfCallBar *self)
{
  return lf_client_get_telephone (self->client);
}

static gboolean
on_dismiss_due (gpointer user_data)
{
  LfCallBar *self = user_data;

  self->dismiss_id = 0;
  lf_telephone_dismiss (get_telephone (self));
  return G_SOURCE_REMOVE;
}

static void
update_badge (LfCallBar *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->badge), self->contact != NULL);
  if (self->contact != NULL)
    lf_badge_set_resolved (self->badge, lf_contact_get_resolved (self->contact));
}

static void
set_contact (LfCallBar *self, const char *user)
{
  LfContact *contact = user != NULL ? lf_roster_lookup (lf_client_get_roster (self->client), user) : NULL;

  if (contact != self->contact)
    {
      if (self->contact != NULL)
        g_signal_handlers_disconnect_by_data (self->contact, self);
      g_set_object (&self->contact, contact);
      if (contact != NULL)
        g_signal_connect_object (contact, "resolved", G_CALLBACK (update_badge), self, G_CONNECT_SWAPPED);
    }
  update_badge (self);
}

/* "+49 30 1234" of "tel:+49-30-1234" */
static const char *
skip_scheme (const char *address)
{
  const char *colon = strchr (address, ':');

  return colon != NULL && colon[1] != '\0' ? colon + 1 : address;
}

static const char *
choose_name (LfCallBar *self, const char *name, const char *address)
{
  if (self->contact != NULL)
    return lf_contact_get_name (self->contact);
  if (name != NULL && *name != '\0')
    return name;
  /* Translators: somebody whose telephone number is withheld. */
  return address != NULL ? skip_scheme (address) : _("Unknown number");
}

static gboolean
is_worth_trying_again (const LfWireCall *call)
{
  return call->state == LF_CALL_BUSY || call->state == LF_CALL_NO_ANSWER || call->state == LF_CALL_DECLINED ||
         (call->state == LF_CALL_FAILED && call->reason != LF_CALL_REASON_NUMBER_UNKNOWN && call->reason != LF_CALL_REASON_REFUSED);
}

static void
show_call (LfCallBar *self, const LfWireCall *call)
{
  gboolean is_over = lf_call_state_is_final (call->state);
  gboolean can_repeat = is_worth_trying_again (call);

  set_contact (self, call->user);
  gtk_label_set_label (self->name_label, choose_name (self, call->name, call->address));
  gtk_label_set_label (self->state_label, lf_call_words_get_state (call));
  gtk_widget_set_visible (self->cancel_button, !is_over);
  gtk_widget_set_visible (self->close_button, is_over);
  gtk_widget_set_visible (self->again_button, can_repeat);
  gtk_widget_set_visible (self->arm_button, can_repeat && self->contact != NULL && !lf_contact_get_is_armed (self->contact));
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->again_button), "s", call->address);
  if (self->contact != NULL)
    gtk_actionable_set_action_target (GTK_ACTIONABLE (self->arm_button), "s", lf_contact_get_user (self->contact));
  g_clear_handle_id (&self->dismiss_id, g_source_remove);
  if (is_over)
    self->dismiss_id = g_timeout_add_seconds (can_repeat || call->state == LF_CALL_FAILED ? LONG_S : SHORT_S, on_dismiss_due, self);
}

static void
show_incoming (LfCallBar *self, const LfWireLineCall *line)
{
  g_autofree char *words = NULL;

  set_contact (self, line->user);
  if (self->contact != NULL)
    words = lf_status_words_format (lf_contact_get_resolved (self->contact), lf_clock_get_now_us (lf_client_get_clock (self->client)));
  gtk_label_set_label (self->name_label, choose_name (self, line->peer_name, line->peer));
  gtk_label_set_label (self->state_label, _("is calling you"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->badge), words);
  gtk_widget_set_visible (self->cancel_button, FALSE);
  gtk_widget_set_visible (self->close_button, FALSE);
  gtk_widget_set_visible (self->again_button, FALSE);
  gtk_widget_set_visible (self->arm_button, FALSE);
}

static void
update (LfCallBar *self)
{
  const LfWireCall     *call = lf_telephone_get_call (get_telephone (self));
  const LfWireLineCall *incoming = lf_telephone_get_incoming (get_telephone (self));

  if (call != NULL)
    show_call (self, call);
  else if (incoming != NULL)
    show_incoming (self, incoming);
  gtk_revealer_set_reveal_child (self->revealer, call != NULL || incoming != NULL);
}

static void
on_cancel (LfCallBar *self)
{
  lf_telephone_cancel (get_telephone (self));
}

static void
on_close (LfCallBar *self)
{
  g_clear_handle_id (&self->dismiss_id, g_source_remove);
  lf_telephone_dismiss (get_telephone (self));
}

static void
lf_call_bar_dispose (GObject *object)
{
  LfCallBar *self = LF_CALL_BAR (object);
  GtkWidget *child;

  g_clear_handle_id (&self->dismiss_id, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  if (self->contact != NULL)
    g_signal_handlers_disconnect_by_data (self->contact, self);
  g_clear_object (&self->contact);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (lf_call_bar_parent_class)->dispose (object);
}

static void
lf_call_bar_class_init (LfCallBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lf_call_bar_dispose;
  g_type_ensure (LF_TYPE_BADGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/calls/lf-call-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, LfCallBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, LfCallBar, badge);
  gtk_widget_class_bind_template_child (widget_class, LfCallBar, name_label);
  gtk_widget_class_bind_template_child (widget_class, LfCallBar, state_label);
  gtk_widget_class_bind_template_child (widget_class, LfCallBar, arm_button);
  gtk_widget_class_bind_template_child (widget_class, LfCallBar, again_button);
  gtk_widget_class_bind_template_child (widget_class, LfCallBar, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, LfCallBar, close_button);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
}

static void
lf_call_bar_init (LfCallBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lf_call_bar_set_client:
 * @self: the bar
 * @client: whose telephones to tell of
 *
 * Follows a client's telephones. Once.
 */
void
lf_call_bar_set_client (LfCallBar *self, LfClient *client)
{
  g_return_if_fail (LF_IS_CALL_BAR (self) && LF_IS_CLIENT (client) && self->client == NULL);

  self->client = g_object_ref (client);
  g_signal_connect_object (get_telephone (self), "call-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_telephone (self), "incoming-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
