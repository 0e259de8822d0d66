/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-actions.h"
#include "lf-call-row.h"
#include "lf-call-words.h"
#include "lf-portrait.h"
#include "lf-status-words.h"

struct _LfCallRow
{
  AdwBin parent_instance;

  LfClient    *client; /* owned while bound */
  LfCallEntry *entry;  /* owned while bound */
  char        *words;  /* owned, nullable */

  LfPortrait *portrait;
  GtkLabel   *name_label;
  GtkLabel   *status_label;
  GtkImage   *kind_image;
  GtkLabel   *kind_label;
  GtkWidget  *arm_button;
  GtkWidget  *call_button;
};

G_DEFINE_FINAL_TYPE (LfCallRow, lf_call_row, ADW_TYPE_BIN)

/* "Missed · 3 calls · today 10:42" */
static char *
format_kind (LfCallRow *self, gint64 now_us)
{
  const LfWireCallRecord *latest = lf_call_entry_get_latest (self->entry);
  guint                   n_calls = lf_call_entry_get_n_calls (self->entry);
  g_autofree char        *time = lf_status_words_format_time (latest->started_at_us, now_us);
  g_autofree char        *count = NULL;

  if (n_calls == 1)
    return g_strdup_printf ("%s · %s", lf_call_words_get_kind (latest->kind), time);
  count = g_strdup_printf (ngettext ("%u call", "%u calls", n_calls), n_calls);
  return g_strdup_printf ("%s · %s · %s", lf_call_words_get_kind (latest->kind), time, count);
}

static void
write_words (LfCallRow *self, const char *name, const char *status, const char *kind)
{
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));

  g_free (self->words);
  self->words = status != NULL ? g_strdup_printf ("%s, %s. %s", name, status, kind) : g_strdup_printf ("%s. %s", name, kind);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->words, -1);
  /* The item of the list view is what takes the focus: it says the same. */
  if (item != NULL && gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (item)) == GTK_ACCESSIBLE_ROLE_LIST_ITEM)
    gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL, self->words, -1);
}

static gboolean
is_free (LfContact *contact)
{
  LfDisplayStatus status = lf_contact_get_resolved (contact)->status;

  return status == LF_DISPLAY_ONLINE || status == LF_DISPLAY_AVAILABLE;
}

/* What the bell does; of somebody in a meeting it is known when that may be. */
static char *
format_arm (LfContact *contact, gint64 now_us)
{
  const LfResolved *resolved = lf_contact_get_resolved (contact);
  g_autofree char  *time = NULL;

  if (lf_contact_get_is_armed (contact))
    return g_strdup (_("You will be told when free"));
  if (resolved->until_us == LF_INSTANT_NONE)
    return g_strdup (_("Tell me when free"));
  time = lf_status_words_format_time (resolved->until_us, now_us);
  /* Translators: label of a button; the argument is a time, such as "11:00": then a meeting ends. */
  return g_strdup_printf (_("Free at %s: tell me"), time);
}

static void
update_arm_button (LfCallRow *self, LfContact *contact)
{
  g_autofree char *words = format_arm (contact, lf_clock_get_now_us (lf_client_get_clock (self->client)));

  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->arm_button), "s", lf_contact_get_user (contact));
  if (lf_contact_get_is_armed (contact))
    gtk_widget_add_css_class (self->arm_button, "accent");
  else
    gtk_widget_remove_css_class (self->arm_button, "accent");
  gtk_widget_set_tooltip_text (self->arm_button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->arm_button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
update_buttons (LfCallRow *self, LfContact *contact, const char *name)
{
  const LfWireCallRecord *latest = lf_call_entry_get_latest (self->entry);
  gboolean                is_contact = contact != NULL && lf_roster_lookup (lf_client_get_roster (self->client), lf_contact_get_user (contact)) != NULL;
  /* Translators: label of a button; the argument is a person's name, or a telephone number. */
  g_autofree char *words = g_strdup_printf (_("Call %s"), name);

  gtk_widget_set_visible (self->call_button, latest->address != NULL);
  if (latest->address != NULL)
    gtk_actionable_set_action_target (GTK_ACTIONABLE (self->call_button), "s", latest->address);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->call_button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_set_tooltip_text (self->call_button, words);
  gtk_widget_set_visible (self->arm_button, is_contact && !is_free (contact));
  if (is_contact)
    update_arm_button (self, contact);
}

static void
on_changed (LfCallRow *self)
{
  lf_call_row_update (self);
}

static void
lf_call_row_dispose (GObject *object)
{
  lf_call_row_unbind (LF_CALL_ROW (object));
  adw_bin_set_child (ADW_BIN (object), NULL); /* the bin does not see its template go */
  gtk_widget_dispose_template (GTK_WIDGET (object), LF_TYPE_CALL_ROW);
  G_OBJECT_CLASS (lf_call_row_parent_class)->dispose (object);
}

static void
lf_call_row_finalize (GObject *object)
{
  g_free (LF_CALL_ROW (object)->words);
  G_OBJECT_CLASS (lf_call_row_parent_class)->finalize (object);
}

static void
lf_call_row_class_init (LfCallRowClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lf_call_row_dispose;
  object_class->finalize = lf_call_row_finalize;
  g_type_ensure (LF_TYPE_PORTRAIT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/calls/lf-call-row.ui");
  gtk_widget_class_bind_template_child (widget_class, LfCallRow, portrait);
  gtk_widget_class_bind_template_child (widget_class, LfCallRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, LfCallRow, status_label);
  gtk_widget_class_bind_template_child (widget_class, LfCallRow, kind_image);
  gtk_widget_class_bind_template_child (widget_class, LfCallRow, kind_label);
  gtk_widget_class_bind_template_child (widget_class, LfCallRow, arm_button);
  gtk_widget_class_bind_template_child (widget_class, LfCallRow, call_button);
}

static void
lf_call_row_init (LfCallRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lf_call_row_new:
 *
 * Returns: (transfer floating): a row bound to nothing
 */
GtkWidget *
lf_call_row_new (void)
{
  return g_object_new (LF_TYPE_CALL_ROW, NULL);
}

/**
 * lf_call_row_bind:
 * @self: a row
 * @client: who tells the time
 * @entry: what to show
 *
 * Shows @entry and follows the person.
 */
void
lf_call_row_bind (LfCallRow *self, LfClient *client, LfCallEntry *entry)
{
  LfContact *contact;

  g_return_if_fail (LF_IS_CALL_ROW (self) && LF_IS_CLIENT (client) && LF_IS_CALL_ENTRY (entry));

  lf_call_row_unbind (self);
  self->client = g_object_ref (client);
  self->entry = g_object_ref (entry);
  contact = lf_call_entry_get_contact (entry);
  if (contact != NULL)
    {
      g_signal_connect_object (contact, "resolved", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (contact, "notify::is-armed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
    }
  lf_call_row_update (self);
}

/**
 * lf_call_row_unbind:
 * @self: a row
 *
 * Lets go of what it shows.
 */
void
lf_call_row_unbind (LfCallRow *self)
{
  g_return_if_fail (LF_IS_CALL_ROW (self));

  if (self->entry != NULL && lf_call_entry_get_contact (self->entry) != NULL)
    g_signal_handlers_disconnect_by_data (lf_call_entry_get_contact (self->entry), self);
  g_clear_object (&self->entry);
  g_clear_object (&self->client);
}

/**
 * lf_call_row_update:
 * @self: a row
 *
 * Writes the row anew: when what it shows changed, and when a minute has passed.
 */
void
lf_call_row_update (LfCallRow *self)
{
  const LfWireCallRecord *latest;
  LfContact              *contact;
  const char             *name;
  gint64                  now_us;
  g_autofree char        *kind = NULL;
  g_autofree char        *status = NULL;

  g_return_if_fail (LF_IS_CALL_ROW (self));

  if (self->entry == NULL)
    return;
  now_us = lf_clock_get_now_us (lf_client_get_clock (self->client));
  latest = lf_call_entry_get_latest (self->entry);
  contact = lf_call_entry_get_contact (self->entry);
  name = lf_call_entry_get_name (self->entry);
  if (name == NULL)
    name = _("Unknown number");
  kind = format_kind (self, now_us);
  if (contact != NULL)
    {
      status = lf_status_words_format (lf_contact_get_resolved (contact), now_us);
      lf_badge_set_resolved (lf_portrait_get_badge (self->portrait), lf_contact_get_resolved (contact));
    }
  gtk_widget_set_visible (GTK_WIDGET (lf_portrait_get_badge (self->portrait)), contact != NULL);
  lf_portrait_set_name (self->portrait, name);
  gtk_label_set_label (self->name_label, name);
  gtk_label_set_label (self->status_label, status != NULL ? status : "");
  gtk_widget_set_visible (GTK_WIDGET (self->status_label), status != NULL);
  gtk_image_set_from_icon_name (self->kind_image, lf_call_words_get_kind_icon (latest->kind));
  gtk_label_set_label (self->kind_label, kind);
  if (latest->kind == LF_CALL_MISSED)
    gtk_widget_add_css_class (GTK_WIDGET (self), "missed");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "missed");
  update_buttons (self, contact, name);
  write_words (self, name, status, kind);
}

/**
 * lf_call_row_dup_words:
 * @self: a row
 *
 * Returns: (transfer full): the row as a screen reader says it; empty while bound to nothing
 */
char *
lf_call_row_dup_words (LfCallRow *self)
{
  g_return_val_if_fail (LF_IS_CALL_ROW (self), NULL);

  return g_strdup (self->words != NULL ? self->words : "");
}
