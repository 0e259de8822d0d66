/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "lf-app-test.h"
#include "lf-badge-draw.h"
#include "lf-badge.h"
#include "lf-status-words.h"

#define SIZE     12
#define N_PIXELS (SIZE * SIZE)

/* One badge in a single ink: what is left when colours cannot be told apart. */
static void
draw_grey (LfDisplayStatus status, gboolean is_hollow, double coverage[N_PIXELS])
{
  const GdkRGBA    ink = { 0.3f, 0.3f, 0.3f, 1 };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, SIZE, SIZE);
  cairo_t         *cr = cairo_create (surface);
  const guchar    *bytes;

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  lf_badge_draw (cr, status, is_hollow, SIZE, &ink);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  bytes = cairo_image_surface_get_data (surface);
  for (int y = 0; y < SIZE; y++)
    for (int x = 0; x < SIZE; x++)
      coverage[y * SIZE + x] = bytes[y * cairo_image_surface_get_stride (surface) + x * 4] / 255.0;
  cairo_surface_destroy (surface);
}

static double
compare (const double a[N_PIXELS], const double b[N_PIXELS])
{
  double difference = 0;

  for (int i = 0; i < N_PIXELS; i++)
    difference += fabs (a[i] - b[i]);

  return difference / N_PIXELS;
}

static void
test_shapes (void)
{
  double drawn[LF_N_DISPLAY_STATUSES][N_PIXELS];

  g_test_summary ("At 12 pixels, in one grey, every two states differ");
  for (int i = 0; i < LF_N_DISPLAY_STATUSES; i++)
    draw_grey ((LfDisplayStatus) i, FALSE, drawn[i]);
  for (int i = 0; i < LF_N_DISPLAY_STATUSES; i++)
    for (int j = i + 1; j < LF_N_DISPLAY_STATUSES; j++)
      {
        double difference = compare (drawn[i], drawn[j]);

        g_test_message ("%s, %s: %.3f", lf_display_status_to_name ((LfDisplayStatus) i),
                        lf_display_status_to_name ((LfDisplayStatus) j), difference);
        g_assert_cmpfloat (difference, >, 0.025);
      }
}

static void
test_hollow (void)
{
  static const LfDisplayStatus busy[] = { LF_DISPLAY_ON_THE_PHONE, LF_DISPLAY_IN_A_MEETING, LF_DISPLAY_DO_NOT_DISTURB };

  g_test_summary ("A hollow badge differs from the full one and from every other hollow one");
  for (gsize i = 0; i < G_N_ELEMENTS (busy); i++)
    {
      double full[N_PIXELS], hollow[N_PIXELS];

      draw_grey (busy[i], FALSE, full);
      draw_grey (busy[i], TRUE, hollow);
      g_assert_cmpfloat (compare (full, hollow), >, 0.1);
      for (gsize j = i + 1; j < G_N_ELEMENTS (busy); j++)
        {
          double other[N_PIXELS];

          draw_grey (busy[j], TRUE, other);
          g_assert_cmpfloat (compare (hollow, other), >, 0.025);
        }
    }
}

static void
test_names (void)
{
  GtkWidget *badge = g_object_ref_sink (lf_badge_new ());

  g_test_summary ("The accessible name is the state in words; signed out is said of what is busy");
  gtk_test_accessible_assert_role (badge, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (badge, GTK_ACCESSIBLE_PROPERTY_LABEL, "Unknown");
  for (int i = 0; i < LF_N_DISPLAY_STATUSES; i++)
    {
      lf_badge_set_status (LF_BADGE (badge), (LfDisplayStatus) i, FALSE);
      gtk_test_accessible_assert_property (badge, GTK_ACCESSIBLE_PROPERTY_LABEL, lf_status_words_get_name ((LfDisplayStatus) i));
    }
  lf_badge_set_status (LF_BADGE (badge), LF_DISPLAY_ON_THE_PHONE, TRUE);
  gtk_test_accessible_assert_property (badge, GTK_ACCESSIBLE_PROPERTY_LABEL, "On the phone, signed out");
  lf_badge_set_status (LF_BADGE (badge), LF_DISPLAY_OFFLINE, TRUE);
  gtk_test_accessible_assert_property (badge, GTK_ACCESSIBLE_PROPERTY_LABEL, "Offline");
  g_assert_finalize_object (badge);
}

static void
test_colours (void)
{
  static const struct
  {
    LfDisplayStatus status;
    const char     *light;
  } rows[] = {
    { LF_DISPLAY_ONLINE, "#26a269" },
    { LF_DISPLAY_AVAILABLE, "#26a269" },
    { LF_DISPLAY_IDLE, "#26a269" },
    { LF_DISPLAY_AWAY, "#e5a50a" },
    { LF_DISPLAY_ON_THE_PHONE, "#c01c28" },
    { LF_DISPLAY_IN_A_MEETING, "#e66100" },
    { LF_DISPLAY_DO_NOT_DISTURB, "#813d9c" },
    { LF_DISPLAY_OFFLINE, "#77767b" },
    { LF_DISPLAY_UNKNOWN, "#77767b" },
  };
  GtkWidget *badge = lf_badge_new ();
  GtkWidget *window = lf_app_test_show (badge, 100, 100);

  g_test_summary ("Each state takes its colour from the style");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      GdkRGBA wanted, got;

      lf_badge_look_up_color (badge, rows[i].status, &got);
      g_assert_true (gdk_rgba_parse (&wanted, rows[i].light));
      g_assert_cmpfloat_with_epsilon (got.red, wanted.red, 0.01);
      g_assert_cmpfloat_with_epsilon (got.green, wanted.green, 0.01);
      g_assert_cmpfloat_with_epsilon (got.blue, wanted.blue, 0.01);
    }
  lf_app_test_close (window);
}

int
main (int argc, char **argv)
{
  lf_app_test_init (&argc, &argv);

  g_test_add_func ("/badge/shapes", test_shapes);
  g_test_add_func ("/badge/hollow", test_hollow);
  g_test_add_func ("/badge/names", test_names);
  g_test_add_func ("/badge/colours", test_colours);

  return g_test_run ();
}
