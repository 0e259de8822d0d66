/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-portrait.h"

#define DEFAULT_SIZE       36
#define DEFAULT_BADGE_SIZE 13
#define N_COLOURS          14  /* classes color1 to color14 of libadwaita's style */
#define FONT_SHARE         0.4 /* height of the initials' font, of the disc's */

struct _LfPortrait
{
  GtkWidget parent_instance;

  char    *name;   /* owned, nullable */
  char    *colour; /* owned, nullable: the CSS class of that name */
  LfBadge *badge;  /* a child, nullable until wanted */
  int      size;   /* pixels */
  int      badge_size;
};

G_DEFINE_FINAL_TYPE (LfPortrait, lf_portrait, GTK_TYPE_WIDGET)

enum
{
  PROP_NAME = 1,
  PROP_SIZE,
  PROP_BADGE_SIZE,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

/* The first letters of the first and the last word, as capitals. */
static char *
make_initials (const char *name)
{
  g_autofree char    *capitals = g_utf8_strup (name, -1);
  g_autofree char    *whole = g_utf8_normalize (g_strstrip (capitals), -1, G_NORMALIZE_DEFAULT_COMPOSE);
  g_autoptr (GString) initials = g_string_new (NULL);
  const char         *last;

  if (whole == NULL || *whole == '\0')
    return NULL;

  g_string_append_unichar (initials, g_utf8_get_char (whole));
  last = strrchr (whole, ' ');
  if (last != NULL)
    g_string_append_unichar (initials, g_utf8_get_char (last + 1));

  return g_strdup (initials->str);
}

static void
lf_portrait_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LfPortrait *self = LF_PORTRAIT (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_SIZE:
      g_value_set_int (value, self->size);
      break;
    case PROP_BADGE_SIZE:
      g_value_set_int (value, self->badge_size);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_portrait_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LfPortrait *self = LF_PORTRAIT (object);

  switch (id)
    {
    case PROP_NAME:
      lf_portrait_set_name (self, g_value_get_string (value));
      break;
    case PROP_SIZE:
      lf_portrait_set_size (self, g_value_get_int (value), self->badge_size);
      break;
    case PROP_BADGE_SIZE:
      lf_portrait_set_size (self, self->size, g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_portrait_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = LF_PORTRAIT (widget)->size;
  *minimum_baseline = *natural_baseline = -1;
}

static void
lf_portrait_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  LfPortrait   *self = LF_PORTRAIT (widget);
  GtkAllocation corner = { .width = self->badge_size, .height = self->badge_size, .y = height - self->badge_size };

  if (self->badge == NULL)
    return;
  if (gtk_widget_get_direction (widget) != GTK_TEXT_DIR_RTL)
    corner.x = width - self->badge_size;
  gtk_widget_size_allocate (GTK_WIDGET (self->badge), &corner, -1);
}

static void
lf_portrait_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LfPortrait             *self = LF_PORTRAIT (widget);
  g_autofree char        *initials = self->name != NULL ? make_initials (self->name) : NULL;
  g_autoptr (PangoLayout) layout = NULL;
  PangoFontDescription   *font;
  PangoRectangle          box;

  if (initials != NULL)
    {
      layout = gtk_widget_create_pango_layout (widget, initials);
      font = pango_font_description_copy_static (pango_context_get_font_description (pango_layout_get_context (layout)));
      pango_font_description_set_absolute_size (font, self->size * FONT_SHARE * PANGO_SCALE);
      pango_layout_set_font_description (layout, font);
      pango_font_description_free (font);
      pango_layout_get_pixel_extents (layout, NULL, &box);
      gtk_snapshot_render_layout (snapshot, gtk_widget_get_style_context (widget),
                                  (gtk_widget_get_width (widget) - box.width) / 2.0 - box.x,
                                  (gtk_widget_get_height (widget) - box.height) / 2.0 - box.y, layout);
    }
  if (self->badge != NULL)
    gtk_widget_snapshot_child (widget, GTK_WIDGET (self->badge), snapshot);
}

static void
lf_portrait_dispose (GObject *object)
{
  LfPortrait *self = LF_PORTRAIT (object);

  if (self->badge != NULL)
    {
      gtk_widget_unparent (GTK_WIDGET (self->badge));
      self->badge = NULL;
    }
  G_OBJECT_CLASS (lf_portrait_parent_class)->dispose (object);
}

static void
lf_portrait_finalize (GObject *object)
{
  LfPortrait *self = LF_PORTRAIT (object);

  g_free (self->name);
  g_free (self->colour);
  G_OBJECT_CLASS (lf_portrait_parent_class)->finalize (object);
}

static void
lf_portrait_class_init (LfPortraitClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass   *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = lf_portrait_get_property;
  object_class->set_property = lf_portrait_set_property;
  object_class->dispose = lf_portrait_dispose;
  object_class->finalize = lf_portrait_finalize;
  widget_class->measure = lf_portrait_measure;
  widget_class->size_allocate = lf_portrait_size_allocate;
  widget_class->snapshot = lf_portrait_snapshot;

  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_SIZE] = g_param_spec_int ("size", NULL, NULL, 8, 512, DEFAULT_SIZE, flags);
  props[PROP_BADGE_SIZE] = g_param_spec_int ("badge-size", NULL, NULL, 8, 256, DEFAULT_BADGE_SIZE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_css_name (widget_class, "avatar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
lf_portrait_init (LfPortrait *self)
{
  self->size = DEFAULT_SIZE;
  self->badge_size = DEFAULT_BADGE_SIZE;
}

/**
 * lf_portrait_new:
 *
 * Makes a portrait of nobody.
 *
 * Returns: (transfer floating): a new portrait
 */
GtkWidget *
lf_portrait_new (void)
{
  return g_object_new (LF_TYPE_PORTRAIT, NULL);
}

/**
 * lf_portrait_set_name:
 * @self: a portrait
 * @name: (nullable): whose it is
 *
 * Sets initials and colour.
 */
void
lf_portrait_set_name (LfPortrait *self, const char *name)
{
  g_return_if_fail (LF_IS_PORTRAIT (self));

  if (g_strcmp0 (self->name, name) == 0)
    return;

  g_free (self->name);
  self->name = g_strdup (name);
  if (self->colour != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self), self->colour);
  g_clear_pointer (&self->colour, g_free);
  if (name != NULL)
    {
      self->colour = g_strdup_printf ("color%u", g_str_hash (name) % N_COLOURS + 1);
      gtk_widget_add_css_class (GTK_WIDGET (self), self->colour);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NAME]);
}

/**
 * lf_portrait_set_size:
 * @self: a portrait
 * @size: width and height of the disc, pixels
 * @badge_size: the same of the badge
 *
 * Sets how large it is drawn.
 */
void
lf_portrait_set_size (LfPortrait *self, int size, int badge_size)
{
  g_return_if_fail (LF_IS_PORTRAIT (self));
  g_return_if_fail (size >= 8 && size <= 512 && badge_size >= 8 && badge_size <= 256);

  if (self->size != size)
    {
      self->size = size;
      gtk_widget_queue_resize (GTK_WIDGET (self));
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SIZE]);
    }
  if (self->badge_size != badge_size)
    {
      self->badge_size = badge_size;
      if (self->badge != NULL)
        lf_badge_set_size (self->badge, badge_size);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BADGE_SIZE]);
    }
}

/**
 * lf_portrait_get_badge:
 * @self: a portrait
 *
 * Has a badge on the portrait, and tells which.
 *
 * Returns: (transfer none): the badge on it
 */
LfBadge *
lf_portrait_get_badge (LfPortrait *self)
{
  g_return_val_if_fail (LF_IS_PORTRAIT (self), NULL);

  if (self->badge == NULL)
    {
      self->badge = LF_BADGE (lf_badge_new ());
      lf_badge_set_size (self->badge, self->badge_size);
      gtk_widget_set_parent (GTK_WIDGET (self->badge), GTK_WIDGET (self));
    }

  return self->badge;
}
