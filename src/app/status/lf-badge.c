/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-badge-draw.h"
#include "lf-badge.h"
#include "lf-status-words.h"

#define DEFAULT_SIZE 12
#define SQUARE_CLASS "meeting" /* the only CSS class: a new one has the style worked out anew */

struct _LfBadge
{
  GtkWidget parent_instance;

  LfDisplayStatus status;
  gboolean        is_hollow;
  int             size; /* pixels */
};

G_DEFINE_FINAL_TYPE (LfBadge, lf_badge, GTK_TYPE_WIDGET)

enum
{
  PROP_STATUS = 1,
  PROP_IS_HOLLOW,
  PROP_SIZE,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
update_accessible (LfBadge *self)
{
  g_autofree char *label = NULL;

  if (self->is_hollow && lf_badge_has_hollow_form (self->status))
    /* Translators: a state such as "On the phone" of somebody whose computer is not signed in. */
    label = g_strdup_printf (_("%s, signed out"), lf_status_words_get_name (self->status));
  else
    label = g_strdup (lf_status_words_get_name (self->status));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
lf_badge_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LfBadge *self = LF_BADGE (object);

  switch (id)
    {
    case PROP_STATUS:
      g_value_set_uint (value, self->status);
      break;
    case PROP_IS_HOLLOW:
      g_value_set_boolean (value, self->is_hollow);
      break;
    case PROP_SIZE:
      g_value_set_int (value, self->size);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_badge_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LfBadge *self = LF_BADGE (object);

  switch (id)
    {
    case PROP_STATUS:
      lf_badge_set_status (self, g_value_get_uint (value), self->is_hollow);
      break;
    case PROP_IS_HOLLOW:
      lf_badge_set_status (self, self->status, g_value_get_boolean (value));
      break;
    case PROP_SIZE:
      lf_badge_set_size (self, g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_badge_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  LfBadge *self = LF_BADGE (widget);

  *minimum = *natural = self->size;
  *minimum_baseline = *natural_baseline = -1;
}

static void
lf_badge_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LfBadge *self = LF_BADGE (widget);
  double   width = gtk_widget_get_width (widget);
  double   height = gtk_widget_get_height (widget);
  double   size = MIN (width, height);
  cairo_t *cr;
  GdkRGBA  color;

  if (size <= 0)
    return;

  lf_badge_look_up_color (widget, self->status, &color);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_translate (cr, (width - size) / 2, (height - size) / 2);
  lf_badge_draw (cr, self->status, self->is_hollow && lf_badge_has_hollow_form (self->status), size, &color);
  cairo_destroy (cr);
}

static void
lf_badge_class_init (LfBadgeClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lf_badge_get_property;
  object_class->set_property = lf_badge_set_property;
  widget_class->measure = lf_badge_measure;
  widget_class->snapshot = lf_badge_snapshot;

  props[PROP_STATUS] = g_param_spec_uint ("status", NULL, NULL, 0, LF_N_DISPLAY_STATUSES - 1, LF_DISPLAY_UNKNOWN,
                                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_IS_HOLLOW] = g_param_spec_boolean ("is-hollow", NULL, NULL, FALSE,
                                                G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_SIZE] = g_param_spec_int ("size", NULL, NULL, 8, 256, DEFAULT_SIZE,
                                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_css_name (widget_class, "badge");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
lf_badge_init (LfBadge *self)
{
  self->size = DEFAULT_SIZE;
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  update_accessible (self);
}

/**
 * lf_badge_new:
 *
 * Makes a badge that says "Unknown".
 *
 * Returns: (transfer floating): a new badge
 */
GtkWidget *
lf_badge_new (void)
{
  return g_object_new (LF_TYPE_BADGE, NULL);
}

/**
 * lf_badge_set_status:
 * @self: a badge
 * @status: the state to show
 * @is_hollow: whether the person is signed out; it shows only on what is busy
 *
 * Shows a state. Nothing is drawn again when it is the same.
 */
void
lf_badge_set_status (LfBadge *self, LfDisplayStatus status, gboolean is_hollow)
{
  gboolean        was_hollow;
  LfDisplayStatus was_status;

  g_return_if_fail (LF_IS_BADGE (self));
  g_return_if_fail ((guint) status < LF_N_DISPLAY_STATUSES);

  was_hollow = self->is_hollow;
  was_status = self->status;
  is_hollow = is_hollow != FALSE;
  if (was_status == status && was_hollow == is_hollow)
    return;

  self->status = status;
  self->is_hollow = is_hollow;
  if (was_status != status)
    {
      if (status == LF_DISPLAY_IN_A_MEETING)
        gtk_widget_add_css_class (GTK_WIDGET (self), SQUARE_CLASS);
      else if (was_status == LF_DISPLAY_IN_A_MEETING)
        gtk_widget_remove_css_class (GTK_WIDGET (self), SQUARE_CLASS);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATUS]);
    }
  if (was_hollow != is_hollow)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_HOLLOW]);
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * lf_badge_set_resolved:
 * @self: a badge
 * @resolved: what is displayed of a person
 *
 * Shows a person's display status.
 */
void
lf_badge_set_resolved (LfBadge *self, const LfResolved *resolved)
{
  g_return_if_fail (resolved != NULL);

  lf_badge_set_status (self, resolved->status, resolved->is_signed_out);
}

/**
 * lf_badge_set_size:
 * @self: a badge
 * @size: width and height, pixels
 *
 * Sets the size of the drawing, without the ring round it.
 */
void
lf_badge_set_size (LfBadge *self, int size)
{
  g_return_if_fail (LF_IS_BADGE (self));
  g_return_if_fail (size >= 8 && size <= 256);

  if (self->size == size)
    return;

  self->size = size;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SIZE]);
}
