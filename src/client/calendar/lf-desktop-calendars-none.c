/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-desktop-calendars.h"

/* In place of lf-desktop-calendars.c where the program is built without libecal: a list that stays empty, and says
 * why. The functions are described there. */

struct _LfDesktopCalendars
{
  GObject parent_instance;
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LfDesktopCalendars, lf_desktop_calendars, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static GType
lf_desktop_calendars_get_item_type (GListModel *model)
{
  return LF_TYPE_DESKTOP_CALENDAR;
}

static guint
lf_desktop_calendars_get_n_items (GListModel *model)
{
  return 0;
}

static gpointer
lf_desktop_calendars_get_item (GListModel *model, guint position)
{
  return NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = lf_desktop_calendars_get_item_type;
  iface->get_n_items = lf_desktop_calendars_get_n_items;
  iface->get_item = lf_desktop_calendars_get_item;
}

static void
lf_desktop_calendars_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_uint (value, LF_DESKTOP_STATE_UNSUPPORTED);
}

static void
lf_desktop_calendars_class_init (LfDesktopCalendarsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = lf_desktop_calendars_get_property;
  g_object_class_install_property (object_class, 1,
                                   g_param_spec_uint ("state", NULL, NULL, 0, LF_N_DESKTOP_STATES - 1, LF_DESKTOP_STATE_UNSUPPORTED,
                                                      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY));
}

static void
lf_desktop_calendars_init (LfDesktopCalendars *self)
{
}

LfDesktopCalendars *
lf_desktop_calendars_new (GSettings *settings, LfClock *clock)
{
  return g_object_new (LF_TYPE_DESKTOP_CALENDARS, NULL);
}

LfDesktopState
lf_desktop_calendars_get_state (LfDesktopCalendars *self)
{
  return LF_DESKTOP_STATE_UNSUPPORTED;
}

void
lf_desktop_calendars_set_session (LfDesktopCalendars *self, LfSession *session, const char *mail)
{
}

void
lf_desktop_calendars_set_ticked (LfDesktopCalendars *self, LfDesktopCalendar *calendar, gboolean is_ticked)
{
}

char *
lf_desktop_calendars_dup_join_link (LfDesktopCalendars *self, gint64 now_us)
{
  return NULL;
}
