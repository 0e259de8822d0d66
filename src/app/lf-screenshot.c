/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <gio/gio.h>

#include "lf-actions.h"
#include "lf-screenshot.h"
#include "lf-window-private.h"

#define DEADLINE_S 60
#define GATHER_MS  1200 /* for phones and meetings, which decide whose page is opened */
#define SETTLE_MS  700  /* for what follows the first lines: pictures, busy times, the page's history */
#define LOOK_MS    100

typedef struct
{
  LfWindow        *window; /* owned */
  LfScreenshotPlan plan;   /* path and page owned */
  gint64           deadline_us;
  guint            look_id;
} Shot;

static void
free_shot (gpointer data)
{
  Shot *shot = data;

  g_clear_handle_id (&shot->look_id, g_source_remove);
  g_clear_object (&shot->window);
  g_free (shot->plan.path);
  g_free (shot->plan.page);
  g_free (shot);
}

/* Lines are there, and the badges say something: presence is live. */
static gboolean
is_live (LfWindow *window)
{
  GListModel *roster = G_LIST_MODEL (lf_client_get_roster (lf_window_get_client (window)));
  guint       n_contacts = g_list_model_get_n_items (roster);
  guint       n_known = 0;

  if (lf_client_get_state (lf_window_get_client (window)) != LF_CLIENT_ONLINE || n_contacts == 0)
    return FALSE;

  for (guint i = 0; i < n_contacts; i++)
    {
      g_autoptr (LfContact) contact = g_list_model_get_item (roster, i);

      n_known += lf_contact_get_resolved (contact)->status != LF_DISPLAY_UNKNOWN ? 1 : 0;
    }

  return n_known * 2 > n_contacts && gtk_widget_get_mapped (GTK_WIDGET (lf_window_get_contact_list (window)));
}

/* Somebody worth a look: on the phone, in a meeting or with unread messages; else the first. */
static LfContact *
choose_contact (LfWindow *window)
{
  LfContactModel *model = lf_contact_list_get_model (lf_window_get_contact_list (window));
  LfContact      *best = NULL;
  int             best_score = -1;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++)
    {
      LfContact      *contact = lf_contact_model_get_contact (model, i);
      LfDisplayStatus status;
      int             score;

      if (contact == NULL)
        continue;
      status = lf_contact_get_resolved (contact)->status;
      score = (status == LF_DISPLAY_ON_THE_PHONE ? 4 : status == LF_DISPLAY_IN_A_MEETING ? 2
                                                                                         : 0) +
              (lf_contact_get_unread (contact) > 0 ? 1 : 0);
      if (score > best_score)
        {
          best = contact;
          best_score = score;
        }
    }

  return best;
}

static void
open_page (Shot *shot)
{
  const char *page = shot->plan.page;
  LfContact  *contact = choose_contact (shot->window);

  /* Folded, a contact's page would hide the list. */
  if (page == NULL)
    page = lf_window_get_is_folded (shot->window) ? "contacts" : "contact";
  if (g_str_equal (page, "contact") && contact != NULL)
    lf_window_open_contact (shot->window, contact, LF_WINDOW_FOCUS_PAGE);
  else if (g_str_equal (page, "chat") && contact != NULL)
    lf_window_open_contact (shot->window, contact, LF_WINDOW_FOCUS_COMPOSER);
  else if (g_str_equal (page, "chats") || g_str_equal (page, "calls") || g_str_equal (page, "lamps"))
    lf_window_show_view (shot->window, page);
  else if (g_str_equal (page, "status"))
    lf_own_status_popup (lf_window_get_own_status (shot->window));
  else if (g_str_equal (page, "find"))
    gtk_widget_activate_action (GTK_WIDGET (shot->window), LF_ACTION_FIND_FOR, "s", "an");
  else if (g_str_equal (page, "find-time") && contact != NULL)
    gtk_widget_activate_action (GTK_WIDGET (shot->window), LF_ACTION_FIND_TIME, "s", lf_contact_get_user (contact));
  else if (g_str_equal (page, "preferences"))
    g_action_group_activate_action (G_ACTION_GROUP (g_application_get_default ()), "preferences", NULL);
}

/* A dialog over the window, if one is open. */
static GtkWidget *
find_dialog (LfWindow *window)
{
  g_autoptr (GListModel) toplevels = g_object_ref (gtk_window_get_toplevels ());

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWindow) toplevel = g_list_model_get_item (toplevels, i);

      if (gtk_window_get_transient_for (toplevel) == GTK_WINDOW (window) && gtk_widget_get_mapped (GTK_WIDGET (toplevel)))
        return GTK_WIDGET (toplevel);
    }

  return NULL;
}

static void
snapshot_widget (GtkSnapshot *snapshot, GtkWidget *widget)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);

  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
}

/* A popover is a surface of its own: it is drawn where it stands over the window. */
static void
snapshot_popover (GtkSnapshot *snapshot, GtkWidget *window, GtkWidget *popover)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (popover));
  double      x, y, window_x, window_y;

  gtk_native_get_surface_transform (GTK_NATIVE (popover), &x, &y);
  gtk_native_get_surface_transform (GTK_NATIVE (window), &window_x, &window_y);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (gdk_popup_get_position_x (GDK_POPUP (surface)) + x - window_x),
                                                          (float) (gdk_popup_get_position_y (GDK_POPUP (surface)) + y - window_y)));
  snapshot_widget (snapshot, popover);
  gtk_snapshot_restore (snapshot);
}

static gboolean
write_png (Shot *shot, GError **error)
{
  GtkWidget                *window = GTK_WIDGET (shot->window);
  GtkWidget                *dialog = find_dialog (shot->window);
  GtkWidget                *popover = lf_own_status_get_popover (lf_window_get_own_status (shot->window));
  GtkWidget                *subject = dialog != NULL ? dialog : window;
  int                       scale = gtk_widget_get_scale_factor (subject);
  GtkSnapshot              *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture)    texture = NULL;

  gtk_snapshot_scale (snapshot, (float) scale, (float) scale);
  snapshot_widget (snapshot, subject);
  if (dialog == NULL && gtk_widget_get_mapped (popover))
    snapshot_popover (snapshot, window, popover);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING, "the window was not drawn");
      return FALSE;
    }

  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (subject)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, (float) (gtk_widget_get_width (subject) * scale),
                                                              (float) (gtk_widget_get_height (subject) * scale)));
  if (!gdk_texture_save_to_png (texture, shot->plan.path))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot write “%s”", shot->plan.path);
      return FALSE;
    }

  return TRUE;
}

static gboolean
on_settled (gpointer user_data)
{
  GTask             *task = user_data;
  Shot              *shot = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gboolean           is_written = write_png (shot, &error);

  /* On a slow machine the first frame after a new layout may still be to come. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PENDING) && g_get_monotonic_time () < shot->deadline_us)
    {
      gtk_widget_queue_draw (GTK_WIDGET (shot->window));
      return G_SOURCE_CONTINUE;
    }

  shot->look_id = 0;
  if (is_written)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
  g_object_unref (task);

  return G_SOURCE_REMOVE;
}

static gboolean
on_gathered (gpointer user_data)
{
  GTask *task = user_data;
  Shot  *shot = g_task_get_task_data (task);

  open_page (shot);
  shot->look_id = g_timeout_add (SETTLE_MS, on_settled, task);

  return G_SOURCE_REMOVE;
}

static gboolean
on_look (gpointer user_data)
{
  GTask *task = user_data;
  Shot  *shot = g_task_get_task_data (task);

  if (is_live (shot->window))
    {
      shot->look_id = g_timeout_add (GATHER_MS, on_gathered, task);
      return G_SOURCE_REMOVE;
    }

  if (g_get_monotonic_time () > shot->deadline_us)
    {
      g_autoptr (GTask) own = task;

      shot->look_id = 0;
      g_task_return_new_error (own, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                               "no contact list with live presence within %d seconds", DEADLINE_S);
      return G_SOURCE_REMOVE;
    }

  return G_SOURCE_CONTINUE;
}

/**
 * lf_screenshot_take_async:
 * @window: what to picture
 * @plan: how and where to
 * @callback: called when the file is written or will not be
 * @user_data: for @callback
 *
 * Waits until the contact list is drawn with live presence, opens a page and writes a PNG of the
 * window as GTK draws it; no screenshot tool and no compositor take part.
 */
void
lf_screenshot_take_async (LfWindow *window, const LfScreenshotPlan *plan, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;
  Shot  *shot;

  g_return_if_fail (LF_IS_WINDOW (window) && plan != NULL && plan->path != NULL);

  task = g_task_new (window, NULL, callback, user_data);
  shot = g_new0 (Shot, 1);
  g_task_set_source_tag (task, lf_screenshot_take_async);
  shot->window = g_object_ref (window);
  shot->plan = *plan;
  shot->plan.path = g_strdup (plan->path);
  shot->plan.page = g_strdup (plan->page);
  shot->deadline_us = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC;
  g_task_set_task_data (task, shot, free_shot);
  shot->look_id = g_timeout_add (LOOK_MS, on_look, task);
}

/**
 * lf_screenshot_take_finish:
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: %TRUE if the file is written
 */
gboolean
lf_screenshot_take_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
