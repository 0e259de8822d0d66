/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-busy-strip.h"
#include "lf-day-stepper.h"
#include "lf-why-card.h"
#include "lf-why-row.h"

struct _LfWhyCard
{
  AdwBin parent_instance;

  LfClock      *clock;            /* owned, nullable */
  LfContact    *contact;          /* owned, nullable */
  guint         tick_id;          /* of the clock; 0 while not mapped */
  char         *words;            /* owned, nullable */
  LfWhyRow     *phone_row;        /* template */
  LfWhyRow     *calendar_row;     /* template */
  LfWhyRow     *reachability_row; /* template */
  LfBusyStrip  *strip;            /* template */
  GtkWidget    *day_box;          /* template */
  LfDayStepper *stepper;          /* template */
  GtkWidget    *time_button;      /* template */
};

G_DEFINE_FINAL_TYPE (LfWhyCard, lf_why_card, ADW_TYPE_BIN)

static gboolean on_tick (gpointer user_data);

static void
write_words (LfWhyCard *self)
{
  g_autofree char *phone = lf_why_row_dup_words (self->phone_row);
  g_autofree char *calendar = lf_why_row_dup_words (self->calendar_row);
  g_autofree char *reachability = lf_why_row_dup_words (self->reachability_row);
  const char      *summary = lf_busy_strip_get_summary (self->strip);
  gboolean         is_today = lf_day_stepper_get_days (self->stepper) == 0;
  g_autofree char *words = g_strdup_printf ("%s. %s. %s. %s%s%s", phone, calendar, reachability,
                                            is_today ? "" : lf_day_stepper_get_words (self->stepper),
                                            is_today ? "" : ": ", summary == NULL ? "" : summary);

  if (g_strcmp0 (self->words, words) == 0)
    return;
  g_free (self->words);
  self->words = g_steal_pointer (&words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, self->words, -1);
}

/* Ages are whole minutes and change together when the wall clock's minute does. */
static void
schedule (LfWhyCard        *self,
          const LfPresence *presence,
          gint64            now_us)
{
  gint64 minute_us = (now_us / LF_MINUTE + 1) * LF_MINUTE;
  gint64 edge_us = lf_resolve_next_detail_edge (presence, now_us);

  if (edge_us != LF_INSTANT_NONE && edge_us < minute_us)
    minute_us = edge_us;
  self->tick_id = lf_clock_call_at (self->clock, minute_us, on_tick, self);
}

static void
update_strip (LfWhyCard        *self,
              const LfPresence *presence,
              gint64            now_us)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  LfBusyDay             day;

  lf_busy_day_init (&day, lf_day_stepper_get_days (self->stepper), now_us, zone);
  lf_busy_day_widen (&day, &presence->calendar, zone);
  lf_day_stepper_update (self->stepper, day.at_us, now_us);
  lf_busy_strip_update (self->strip, &presence->calendar, &day, now_us);
}

static void
update (LfWhyCard *self)
{
  LfPresence *presence;
  gint64      now_us;

  if (self->clock == NULL)
    return;
  lf_clock_cancel (self->clock, &self->tick_id);
  if (self->contact == NULL)
    return;
  presence = lf_contact_get_presence (self->contact);
  now_us = lf_clock_get_now_us (self->clock);
  lf_why_row_update (self->phone_row, presence, now_us);
  lf_why_row_update (self->calendar_row, presence, now_us);
  lf_why_row_update (self->reachability_row, presence, now_us);
  update_strip (self, presence, now_us);
  write_words (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    schedule (self, presence, now_us);
}

static gboolean
on_tick (gpointer user_data)
{
  LfWhyCard *self = user_data;

  self->tick_id = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
on_presence_changed (LfContact  *contact,
                     GParamSpec *pspec,
                     LfWhyCard  *self)
{
  update (self);
}

static void
lf_why_card_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (lf_why_card_parent_class)->map (widget);
  update (LF_WHY_CARD (widget));
}

static void
lf_why_card_unmap (GtkWidget *widget)
{
  LfWhyCard *self = LF_WHY_CARD (widget);

  if (self->clock != NULL)
    lf_clock_cancel (self->clock, &self->tick_id);
  GTK_WIDGET_CLASS (lf_why_card_parent_class)->unmap (widget);
}

static void
lf_why_card_dispose (GObject *object)
{
  LfWhyCard *self = LF_WHY_CARD (object);

  lf_why_card_set_contact (self, NULL);
  lf_why_card_set_clock (self, NULL);
  adw_bin_set_child (ADW_BIN (object), NULL); /* the bin does not see its template go */
  gtk_widget_dispose_template (GTK_WIDGET (object), LF_TYPE_WHY_CARD);
  G_OBJECT_CLASS (lf_why_card_parent_class)->dispose (object);
}

static void
lf_why_card_finalize (GObject *object)
{
  LfWhyCard *self = LF_WHY_CARD (object);

  g_clear_pointer (&self->words, g_free);
  G_OBJECT_CLASS (lf_why_card_parent_class)->finalize (object);
}

static void
lf_why_card_class_init (LfWhyCardClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lf_why_card_dispose;
  object_class->finalize = lf_why_card_finalize;
  widget_class->map = lf_why_card_map;
  widget_class->unmap = lf_why_card_unmap;

  g_type_ensure (LF_TYPE_WHY_ROW);
  g_type_ensure (LF_TYPE_BUSY_STRIP);
  g_type_ensure (LF_TYPE_DAY_STEPPER);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/lampfield/Lampfield/contact/lf-why-card.ui");
  gtk_widget_class_bind_template_child (widget_class, LfWhyCard, phone_row);
  gtk_widget_class_bind_template_child (widget_class, LfWhyCard, calendar_row);
  gtk_widget_class_bind_template_child (widget_class, LfWhyCard, reachability_row);
  gtk_widget_class_bind_template_child (widget_class, LfWhyCard, strip);
  gtk_widget_class_bind_template_child (widget_class, LfWhyCard, day_box);
  gtk_widget_class_bind_template_child (widget_class, LfWhyCard, stepper);
  gtk_widget_class_bind_template_child (widget_class, LfWhyCard, time_button);
  gtk_widget_class_bind_template_callback (widget_class, update);
}

static void
lf_why_card_init (LfWhyCard *self)
{
  g_autoptr (GtkSizeGroup) values = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);

  gtk_widget_init_template (GTK_WIDGET (self));
  lf_why_row_join_column (self->phone_row, values);
  lf_why_row_join_column (self->calendar_row, values);
  lf_why_row_join_column (self->reachability_row, values);
}

/**
 * lf_why_card_new:
 *
 * Returns: (transfer floating): a card without a contact
 */
GtkWidget *
lf_why_card_new (void)
{
  return g_object_new (LF_TYPE_WHY_CARD, NULL);
}

/**
 * lf_why_card_set_clock:
 * @self: a card
 * @clock: (nullable): what says the time
 *
 * Sets the clock by which ages are counted; the client's.
 */
void
lf_why_card_set_clock (LfWhyCard *self,
                       LfClock   *clock)
{
  g_return_if_fail (LF_IS_WHY_CARD (self));

  if (self->clock == clock)
    return;
  if (self->clock != NULL)
    lf_clock_cancel (self->clock, &self->tick_id);
  g_set_object (&self->clock, clock);
  update (self);
}

/**
 * lf_why_card_set_contact:
 * @self: a card
 * @contact: (nullable): whom it explains
 *
 * Shows @contact and follows it.
 */
void
lf_why_card_set_contact (LfWhyCard *self,
                         LfContact *contact)
{
  g_return_if_fail (LF_IS_WHY_CARD (self));

  if (self->contact == contact)
    return;
  if (self->contact != NULL)
    g_signal_handlers_disconnect_by_func (self->contact, on_presence_changed, self);
  g_set_object (&self->contact, contact);
  lf_day_stepper_set_days (self->stepper, 0);
  if (contact != NULL)
    {
      g_signal_connect_object (contact, "notify::presence", G_CALLBACK (on_presence_changed), self, 0);
      gtk_widget_set_visible (self->day_box, !lf_contact_get_is_place (contact));
      gtk_actionable_set_action_target (GTK_ACTIONABLE (self->time_button), "s", lf_contact_get_user (contact));
    }
  update (self);
}

/**
 * lf_why_card_dup_words:
 * @self: a card
 *
 * Returns: (transfer full): the whole card as a screen reader says it; empty before there is a contact
 */
char *
lf_why_card_dup_words (LfWhyCard *self)
{
  g_return_val_if_fail (LF_IS_WHY_CARD (self), NULL);

  return g_strdup (self->words == NULL ? "" : self->words);
}
