/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-desktop.h"

struct _LfDesktop
{
  GObject parent_instance;
};

G_DEFINE_FINAL_TYPE (LfDesktop, lf_desktop, G_TYPE_OBJECT)

static void
lf_desktop_class_init (LfDesktopClass *klass)
{
}

static void
lf_desktop_init (LfDesktop *self)
{
}

LfDesktop *
lf_desktop_new (LfApplication *application)
{
  return g_object_new (LF_TYPE_DESKTOP, NULL);
}

char *
lf_desktop_dup_idle_source (LfDesktop *self)
{
  return g_strdup ("");
}
