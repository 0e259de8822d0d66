/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-row-text.h"

#define POINTS_PER_INCH 72.0
#define BODY_POINTS     9    /* the size of class caption of libadwaita's style */
#define DIM_BODY        0.75 /* alpha of the second line, and of what stands behind the name */
#define DIM_TAIL        0.62 /* alpha of the note in the second line */
#define MIN_CHARS       3    /* narrower than that no line gets */

/* One of the lines. What stands from @tail on is dimmer, and in the head not bold. */
typedef struct
{
  char        *text;   /* owned, nullable: the line is not there */
  gsize        tail;   /* bytes; not before the end of the text: there is none */
  PangoLayout *layout; /* owned, nullable until drawn */
} Line;

struct _LfRowText
{
  Line head;
  Line body;
  int  head_height; /* pixels; 0 until measured */
  int  body_height;
  int  min_width;
};

static PangoFontDescription *
make_font (PangoContext *context, gboolean is_head)
{
  PangoFontDescription *font = pango_font_description_copy_static (pango_context_get_font_description (context));

  pango_font_description_set_weight (font, is_head ? PANGO_WEIGHT_MEDIUM : PANGO_WEIGHT_NORMAL);
  if (!is_head)
    pango_font_description_set_absolute_size (font, BODY_POINTS * PANGO_SCALE *
                                                      pango_cairo_context_get_resolution (context) / POINTS_PER_INCH);

  return font;
}

static gboolean
set_line (Line *line, const char *text, gsize tail)
{
  if (g_strcmp0 (line->text, text) == 0 && line->tail == tail)
    return FALSE;

  g_free (line->text);
  line->text = g_strdup (text);
  line->tail = tail;
  g_clear_object (&line->layout);

  return TRUE;
}

static void
dim_tail (PangoAttrList *attributes, gsize tail, double alpha)
{
  PangoAttribute *dim = pango_attr_foreground_alpha_new ((guint16) (G_MAXUINT16 * alpha));

  dim->start_index = (guint) tail;
  pango_attr_list_insert (attributes, dim);
}

static void
ensure_layout (Line *line, PangoContext *context, gboolean is_head)
{
  PangoFontDescription *font;

  if (line->layout != NULL)
    return;

  line->layout = pango_layout_new (context);
  font = make_font (context, is_head);
  pango_layout_set_font_description (line->layout, font);
  pango_font_description_free (font);
  pango_layout_set_ellipsize (line->layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_single_paragraph_mode (line->layout, TRUE);
  pango_layout_set_text (line->layout, line->text, -1);
  if (line->tail < strlen (line->text))
    {
      g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

      dim_tail (attributes, line->tail, is_head ? DIM_BODY : DIM_TAIL);
      if (is_head)
        {
          PangoAttribute *weight = pango_attr_weight_new (PANGO_WEIGHT_NORMAL);

          weight->start_index = (guint) line->tail;
          pango_attr_list_insert (attributes, weight);
        }
      pango_layout_set_attributes (line->layout, attributes);
    }
}

/* Of the font that is chosen first: asking the context would shape an example of the language. */
static int
measure_font (PangoContext *context, gboolean is_head, int *char_width)
{
  PangoFontDescription *description = make_font (context, is_head);
  g_autoptr (PangoFont) font = pango_context_load_font (context, description);
  PangoFontMetrics     *metrics = pango_font_get_metrics (font, pango_context_get_language (context));
  int                   height = PANGO_PIXELS_CEIL (pango_font_metrics_get_ascent (metrics) + pango_font_metrics_get_descent (metrics));

  *char_width = PANGO_PIXELS_CEIL (pango_font_metrics_get_approximate_char_width (metrics));
  pango_font_metrics_unref (metrics);
  pango_font_description_free (description);

  return height;
}

static void
ensure_measured (LfRowText *self, PangoContext *context)
{
  int head_width, body_width;

  if (self->head_height > 0)
    return;

  self->head_height = measure_font (context, TRUE, &head_width);
  self->body_height = measure_font (context, FALSE, &body_width);
  self->min_width = MIN_CHARS * MAX (head_width, body_width);
}

static void
snapshot_line (Line *line, GtkSnapshot *snapshot, const GdkRGBA *color, int width, gboolean is_rtl)
{
  PangoRectangle box;

  pango_layout_set_width (line->layout, width * PANGO_SCALE);
  pango_layout_get_pixel_extents (line->layout, NULL, &box);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) ((is_rtl ? width - box.width : 0) - box.x), 0));
  gtk_snapshot_append_layout (snapshot, line->layout, color);
  gtk_snapshot_restore (snapshot);
}

/**
 * lf_row_text_new:
 *
 * Makes lines without text.
 *
 * Returns: (transfer full): new lines
 */
LfRowText *
lf_row_text_new (void)
{
  return g_new0 (LfRowText, 1);
}

/**
 * lf_row_text_free:
 * @self: (transfer full): the lines
 *
 * Frees them.
 */
void
lf_row_text_free (LfRowText *self)
{
  lf_row_text_forget (self);
  g_free (self->head.text);
  g_free (self->body.text);
  g_free (self);
}

/**
 * lf_row_text_set_head:
 * @self: the lines
 * @text: (nullable): the line
 * @tail: where it goes on dimmer and not bold, bytes; its length for nowhere
 *
 * Sets the first line: the name.
 *
 * Returns: %TRUE if that is another line than before
 */
gboolean
lf_row_text_set_head (LfRowText *self, const char *text, gsize tail)
{
  return set_line (&self->head, text, tail);
}

/**
 * lf_row_text_set_body:
 * @self: the lines
 * @text: (nullable): the line; %NULL for a compact row, which has none
 * @tail: where it goes on dimmer, bytes; its length for nowhere
 *
 * Sets the second line: words and note.
 *
 * Returns: %TRUE if that is another line than before
 */
gboolean
lf_row_text_set_body (LfRowText *self, const char *text, gsize tail)
{
  return set_line (&self->body, text, tail);
}

/**
 * lf_row_text_get_head:
 * @self: the lines
 *
 * Returns: (transfer none) (nullable): the first line
 */
const char *
lf_row_text_get_head (LfRowText *self)
{
  return self->head.text;
}

/**
 * lf_row_text_get_body:
 * @self: the lines
 *
 * Returns: (transfer none) (nullable): the second line
 */
const char *
lf_row_text_get_body (LfRowText *self)
{
  return self->body.text;
}

/**
 * lf_row_text_forget:
 * @self: the lines
 *
 * Lays everything out anew when next drawn: fonts changed, or the context is another.
 */
void
lf_row_text_forget (LfRowText *self)
{
  g_clear_object (&self->head.layout);
  g_clear_object (&self->body.layout);
  self->head_height = 0;
}

/**
 * lf_row_text_measure:
 * @self: the lines
 * @context: with the fonts
 * @min_width: (out): pixels that leave something to read
 * @height: (out): of the lines that are there, pixels
 *
 * Tells how much room the lines need. None is laid out for it.
 */
void
lf_row_text_measure (LfRowText *self, PangoContext *context, int *min_width, int *height)
{
  ensure_measured (self, context);
  *min_width = self->min_width;
  *height = self->head_height + (self->body.text != NULL ? self->body_height : 0);
}

/**
 * lf_row_text_snapshot:
 * @self: the lines
 * @snapshot: where to draw
 * @context: with the fonts
 * @color: of the name
 * @area: the room there is; the lines stand in the middle of its height
 * @is_rtl: they begin at its right edge
 *
 * Draws the lines, cut to the width.
 */
void
lf_row_text_snapshot (LfRowText *self, GtkSnapshot *snapshot, PangoContext *context, const GdkRGBA *color, const GdkRectangle *area, gboolean is_rtl)
{
  GdkRGBA dim = *color;
  int     min_width, height;

  if (self->head.text == NULL || area->width <= 0)
    return;

  lf_row_text_measure (self, context, &min_width, &height);
  ensure_layout (&self->head, context, TRUE);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) area->x, (float) (area->y + (area->height - height) / 2)));
  snapshot_line (&self->head, snapshot, color, area->width, is_rtl);
  if (self->body.text != NULL)
    {
      ensure_layout (&self->body, context, FALSE);
      dim.alpha *= (float) DIM_BODY;
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (0, (float) self->head_height));
      snapshot_line (&self->body, snapshot, &dim, area->width, is_rtl);
    }
  gtk_snapshot_restore (snapshot);
}
