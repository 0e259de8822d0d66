/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-calendar-config.h"

/* Every text and every list of a group, for what goes over all of them. */
static const gsize texts[] = {
  G_STRUCT_OFFSET (LfCalendarSourceConfig, name),
  G_STRUCT_OFFSET (LfCalendarSourceConfig, user),
  G_STRUCT_OFFSET (LfCalendarSourceConfig, domain),
  G_STRUCT_OFFSET (LfCalendarSourceConfig, path),
  G_STRUCT_OFFSET (LfCalendarSourceConfig, url),
  G_STRUCT_OFFSET (LfCalendarSourceConfig, login),
  G_STRUCT_OFFSET (LfCalendarSourceConfig, secret),
  G_STRUCT_OFFSET (LfCalendarSourceConfig, tenant),
  G_STRUCT_OFFSET (LfCalendarSourceConfig, client_id),
  G_STRUCT_OFFSET (LfCalendarSourceConfig, token_url),
  G_STRUCT_OFFSET (LfCalendarSourceConfig, zone),
};
static const gsize lists[] = {
  G_STRUCT_OFFSET (LfCalendarSourceConfig, users),
  G_STRUCT_OFFSET (LfCalendarSourceConfig, calendars),
  G_STRUCT_OFFSET (LfCalendarSourceConfig, addresses),
};

/**
 * lf_calendar_source_config_copy:
 * @self: a group
 *
 * Returns: (transfer full): a copy
 */
LfCalendarSourceConfig *
lf_calendar_source_config_copy (const LfCalendarSourceConfig *self)
{
  LfCalendarSourceConfig *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    G_STRUCT_MEMBER (char *, copy, texts[i]) = g_strdup (G_STRUCT_MEMBER (char *, self, texts[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    G_STRUCT_MEMBER (GStrv, copy, lists[i]) = g_strdupv (G_STRUCT_MEMBER (GStrv, self, lists[i]));
  return copy;
}

/* Puts a value in the place of its name in an address. */
static void
fill_in (char **url, const char *name, const char *value)
{
  g_autofree char *escaped = g_uri_escape_string (value, "@", TRUE);
  g_auto (GStrv)   parts = g_strsplit (*url, name, -1);

  g_free (*url);
  *url = g_strjoinv (escaped, parts);
}

/**
 * lf_calendar_source_config_for_person:
 * @self: a group for many people, of which each has a calendar at an address of their own
 * @login: of one of them
 * @mail: (nullable): their address
 *
 * Returns: (transfer full): that person's calendar alone
 */
LfCalendarSourceConfig *
lf_calendar_source_config_for_person (const LfCalendarSourceConfig *self, const char *login, const char *mail)
{
  LfCalendarSourceConfig *one;

  g_return_val_if_fail (self != NULL && login != NULL, NULL);

  one = lf_calendar_source_config_copy (self);
  g_clear_pointer (&one->users, g_strfreev);
  g_clear_pointer (&one->domain, g_free);
  g_free (one->user);
  one->user = g_strdup (login);
  fill_in (&one->url, "{login}", login);
  fill_in (&one->url, "{mail}", mail != NULL ? mail : "");
  return one;
}

/**
 * lf_calendar_source_config_is_for:
 * @self: a group
 * @login: of a person
 * @mail: (nullable): their address
 *
 * Returns: %TRUE if the group tells of that person
 */
gboolean
lf_calendar_source_config_is_for (const LfCalendarSourceConfig *self, const char *login, const char *mail)
{
  const char *at;

  g_return_val_if_fail (self != NULL && login != NULL, FALSE);

  if (self->user != NULL)
    return g_str_equal (self->user, login);
  if (self->users != NULL)
    return g_strv_contains ((const char *const *) self->users, "*") || g_strv_contains ((const char *const *) self->users, login);
  at = mail == NULL ? NULL : strrchr (mail, '@');
  return at != NULL && self->domain != NULL && g_ascii_strcasecmp (at + 1, self->domain) == 0;
}

/**
 * lf_calendar_source_config_free:
 * @self: (transfer full): a group
 */
void
lf_calendar_source_config_free (LfCalendarSourceConfig *self)
{
  g_return_if_fail (self != NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (G_STRUCT_MEMBER (char *, self, texts[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    g_strfreev (G_STRUCT_MEMBER (GStrv, self, lists[i]));
  g_free (self);
}

/**
 * lf_calendar_source_config_same:
 * @self: a group
 * @other: another
 *
 * Returns: %TRUE if nothing differs, so that a new configuration need not start it again
 */
gboolean
lf_calendar_source_config_same (const LfCalendarSourceConfig *self,
                                const LfCalendarSourceConfig *other)
{
  static const char *const none[] = { NULL };

  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      if (g_strcmp0 (G_STRUCT_MEMBER (char *, self, texts[i]), G_STRUCT_MEMBER (char *, other, texts[i])) != 0)
        return FALSE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      GStrv own = G_STRUCT_MEMBER (GStrv, self, lists[i]);
      GStrv others = G_STRUCT_MEMBER (GStrv, other, lists[i]);

      if (!g_strv_equal (own != NULL ? (const char *const *) own : none, others != NULL ? (const char *const *) others : none))
        return FALSE;
    }
  return self->kind == other->kind && self->auth == other->auth && self->may_be_private == other->may_be_private;
}
