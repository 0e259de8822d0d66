/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lf-fake-calendars.h"

struct _LfDesktopCalendars
{
  GObject parent_instance;

  GListStore    *list; /* owned */
  char          *link; /* owned, nullable */
  LfDesktopState state;
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
  return g_list_model_get_n_items (G_LIST_MODEL (LF_DESKTOP_CALENDARS (model)->list));
}

static gpointer
lf_desktop_calendars_get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (LF_DESKTOP_CALENDARS (model)->list), position);
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
  g_value_set_uint (value, LF_DESKTOP_CALENDARS (object)->state);
}

static void
lf_desktop_calendars_finalize (GObject *object)
{
  LfDesktopCalendars *self = LF_DESKTOP_CALENDARS (object);

  g_object_unref (self->list);
  g_free (self->link);
  G_OBJECT_CLASS (lf_desktop_calendars_parent_class)->finalize (object);
}

static void
lf_desktop_calendars_class_init (LfDesktopCalendarsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = lf_desktop_calendars_get_property;
  object_class->finalize = lf_desktop_calendars_finalize;
  g_object_class_install_property (object_class, 1,
                                   g_param_spec_uint ("state", NULL, NULL, 0, LF_N_DESKTOP_STATES - 1, LF_DESKTOP_STATE_UNSUPPORTED,
                                                      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY));
}

static void
on_items_changed (GListModel *list, guint position, guint n_removed, guint n_added, LfDesktopCalendars *self)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

static void
lf_desktop_calendars_init (LfDesktopCalendars *self)
{
  self->list = g_list_store_new (LF_TYPE_DESKTOP_CALENDAR);
  g_signal_connect (self->list, "items-changed", G_CALLBACK (on_items_changed), self);
}

void
lf_fake_calendars_set_state (LfDesktopCalendars *self, LfDesktopState state)
{
  self->state = state;
  g_object_notify (G_OBJECT (self), "state");
}

void
lf_fake_calendars_add (LfDesktopCalendars *self, LfDesktopCalendar *calendar)
{
  g_list_store_append (self->list, calendar);
  g_object_unref (calendar);
}

void
lf_fake_calendars_set_link (LfDesktopCalendars *self, const char *link)
{
  g_free (self->link);
  self->link = g_strdup (link);
}

/* ---- lf-desktop-calendars.h ---- */

LfDesktopCalendars *
lf_desktop_calendars_new (GSettings *settings, LfClock *clock)
{
  return g_object_new (LF_TYPE_DESKTOP_CALENDARS, NULL);
}

LfDesktopState
lf_desktop_calendars_get_state (LfDesktopCalendars *self)
{
  return self->state;
}

void
lf_desktop_calendars_set_session (LfDesktopCalendars *self, LfSession *session, const char *mail)
{
}

void
lf_desktop_calendars_set_ticked (LfDesktopCalendars *self, LfDesktopCalendar *calendar, gboolean is_ticked)
{
  lf_desktop_calendar_set_state (calendar, lf_desktop_calendar_get_is_own (calendar), is_ticked);
}

char *
lf_desktop_calendars_dup_join_link (LfDesktopCalendars *self, gint64 now_us)
{
  return g_strdup (self->link);
}
