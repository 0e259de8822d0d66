/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <stdlib.h>

#include "lf-app-test.h"
#include "lf-contact-row.h"

static void
load_style (const char *path)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, path);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

/**
 * lf_app_test_init:
 * @argc: from main
 * @argv: from main
 *
 * Readies GTest, GTK and the style of the program. With LF_TEST_DARK set, in the dark style; with
 * LF_TEST_LOCALEDIR, in the user's language as far as the catalogues there go: both for pictures.
 */
void
lf_app_test_init (int    *argc,
                  char ***argv)
{
  if (g_getenv ("DISPLAY") == NULL && g_getenv ("WAYLAND_DISPLAY") == NULL)
    {
      g_print ("1..0 # SKIP there is no display\n");
      exit (77);
    }
  g_setenv ("TZ", "UTC", TRUE);
  g_setenv ("GTK_A11Y", "test", FALSE);
  g_setenv ("GSK_RENDERER", "cairo", FALSE);
  if (gtk_get_minor_version () < 14)
    g_setenv ("GDK_DEBUG", "gl-disable", FALSE); /* the drivers leak */
  g_setenv ("GDK_DISABLE", "gl,vulkan", FALSE);  /* the same for newer ones */
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  gtk_test_init (argc, argv, NULL);
  lf_app_test_speak ();
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/org/lampfield/Lampfield/icons");
  load_style ("/org/lampfield/Lampfield/style.css");
  if (g_getenv ("LF_TEST_DARK") != NULL)
    {
      adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
      load_style ("/org/lampfield/Lampfield/style-dark.css");
    }
}

/**
 * lf_app_test_speak:
 *
 * With LF_TEST_LOCALEDIR: in the user's language from here on.
 */
void
lf_app_test_speak (void)
{
  if (g_getenv ("LF_TEST_LOCALEDIR") == NULL)
    return;
  setlocale (LC_ALL, ""); /* GTK's tests are in English otherwise */
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("LF_TEST_LOCALEDIR"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
}

/**
 * lf_app_test_show:
 * @child: a widget
 * @width: of the window
 * @height: of the window
 *
 * Returns: (transfer none): a window that shows @child and has drawn its first frame
 */
GtkWidget *
lf_app_test_show (GtkWidget *child,
                  int        width,
                  int        height)
{
  GtkWidget *window = adw_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  adw_window_set_content (ADW_WINDOW (window), child);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  return window;
}

static void
on_gone (gpointer data,
         GObject *where)
{
  *(gboolean *) data = TRUE;
}

/**
 * lf_app_test_close:
 * @window: (transfer full): of lf_app_test_show()
 *
 * Destroys @window and asserts that nothing keeps it alive.
 */
void
lf_app_test_close (GtkWidget *window)
{
  gboolean is_gone = FALSE;

  g_object_weak_ref (G_OBJECT (window), on_gone, &is_gone);
  gtk_window_destroy (GTK_WINDOW (window));
  lf_wait_until (is_gone, 5000);
}

/**
 * lf_app_test_take_picture:
 * @window: a window
 * @name: of the picture, without ending
 *
 * Writes a PNG into the folder of LF_TEST_PICTURES, if that is set.
 */
void
lf_app_test_take_picture (GtkWidget  *window,
                          const char *name)
{
  const char               *folder = g_getenv ("LF_TEST_PICTURES");
  g_autofree char          *path = NULL;
  g_autoptr (GdkPaintable)  paintable = NULL;
  g_autoptr (GtkSnapshot)   snapshot = NULL;
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture)    texture = NULL;
  double                    scale = gtk_widget_get_scale_factor (window);

  if (folder == NULL)
    return;
  lf_spin_for_ms (300);
  paintable = gtk_widget_paintable_new (window);
  snapshot = gtk_snapshot_new ();
  gtk_snapshot_scale (snapshot, (float) scale, (float) scale);
  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (window), gtk_widget_get_height (window));
  node = gtk_snapshot_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, NULL);
  path = g_strdup_printf ("%s/%s.png", folder, name);
  g_assert_true (gdk_texture_save_to_png (texture, path));
}

/**
 * lf_app_test_find:
 * @root: where to start
 * @type: what to look for
 * @css_class: (nullable): that it must have
 *
 * Returns: (transfer none) (nullable): the first visible descendant of that type
 */
GtkWidget *
lf_app_test_find (GtkWidget  *root,
                  GType       type,
                  const char *css_class)
{
  if (g_type_is_a (G_OBJECT_TYPE (root), type) &&
      (css_class == NULL || gtk_widget_has_css_class (root, css_class)))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = gtk_widget_get_visible (child) ? lf_app_test_find (child, type, css_class) : NULL;

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
append_texts (GtkWidget *root,
              GString   *texts)
{
  g_autofree char *drawn = LF_IS_CONTACT_ROW (root) ? lf_contact_row_get_texts (LF_CONTACT_ROW (root)) : NULL;
  const char      *text = GTK_IS_LABEL (root) ? gtk_label_get_text (GTK_LABEL (root)) : GTK_IS_INSCRIPTION (root) ? gtk_inscription_get_text (GTK_INSCRIPTION (root))
                                                                                                                  : drawn;

  if (text != NULL && *text != '\0')
    g_string_append_printf (texts, "%s\n", text);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_get_child_visible (child) && gtk_widget_get_visible (child))
      append_texts (child, texts);
}

/**
 * lf_app_test_read_texts:
 * @root: where to start
 *
 * Returns: (transfer full): the texts of all visible labels, inscriptions and rows below @root, one a line
 */
char *
lf_app_test_read_texts (GtkWidget *root)
{
  GString *texts = g_string_new (NULL);

  append_texts (root, texts);
  return g_string_free (texts, FALSE);
}
