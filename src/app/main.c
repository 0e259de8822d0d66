/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <langinfo.h>
#include <locale.h>

#include "lf-application.h"

/* Without its schema GSettings ends the program with a riddle: say what is missing. */
static gboolean
schema_is_installed (void)
{
  GSettingsSchemaSource      *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = source != NULL ? g_settings_schema_source_lookup (source, LF_APP_ID, TRUE) : NULL;

  return schema != NULL;
}

/* LF_LOCALEDIR names the catalogues of a program that is not installed, as GSETTINGS_SCHEMA_DIR does its schema. */
static const char *
get_locale_folder (void)
{
  const char *folder = g_getenv ("LF_LOCALEDIR");

  return folder != NULL && *folder != '\0' ? folder : LF_LOCALEDIR;
}

/* A crontab and some logins name no locale, or one that is not there: names have letters all the same. */
static void
set_locale (void)
{
  gtk_disable_setlocale (); /* it would be undone */
  setlocale (LC_ALL, "");
  if (g_str_equal (nl_langinfo (CODESET), "ANSI_X3.4-1968")) /* ASCII */
    setlocale (LC_CTYPE, "C.UTF-8");
}

int
main (int argc, char **argv)
{
  g_autoptr (LfApplication) application = NULL;
  int                       status;

  set_locale ();
  bindtextdomain (GETTEXT_PACKAGE, get_locale_folder ());
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  if (!schema_is_installed ())
    {
      g_printerr ("lampfield: the settings schema %s is not installed; run “meson install”, or set "
                  "GSETTINGS_SCHEMA_DIR to the folder data of the build\n",
                  LF_APP_ID);
      return 1;
    }

  application = lf_application_new ();
  status = g_application_run (G_APPLICATION (application), argc, argv);

  return status != 0 ? status : lf_application_get_exit_status (application);
}
