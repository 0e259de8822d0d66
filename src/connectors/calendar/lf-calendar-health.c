/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-calendar-health.h"
#include "lf-error.h"
#include "lf-wire.h"
#include "lf-wire-calls.h"

struct _LfCalendarHealth
{
  GHashTable *codes;   /* "source/user" → LfHealth that is not OK; no user: of all */
  LfChannel  *channel; /* borrowed from the connector, nullable */
};

/**
 * lf_calendar_health_new:
 *
 * Returns: (transfer full): nothing is wrong yet
 */
LfCalendarHealth *
lf_calendar_health_new (void)
{
  LfCalendarHealth *self = g_new0 (LfCalendarHealth, 1);

  self->codes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

/**
 * lf_calendar_health_free:
 * @self: (transfer full): what is wrong
 */
void
lf_calendar_health_free (LfCalendarHealth *self)
{
  g_return_if_fail (self != NULL);

  g_hash_table_unref (self->codes);
  g_free (self);
}

/**
 * lf_calendar_health_set_channel:
 * @self: what is wrong
 * @channel: (nullable): where to tell it
 */
void
lf_calendar_health_set_channel (LfCalendarHealth *self,
                                LfChannel        *channel)
{
  g_return_if_fail (self != NULL);

  self->channel = channel;
}

static void
send_one (LfCalendarHealth *self,
          LfHealth          code,
          const char       *key)
{
  const char        *slash = strchr (key, '/');
  g_autofree char   *source = g_strndup (key, (gsize) (slash - key));
  const LfWireHealth health = { .code = code, .source = source, .user = (char *) (slash[1] != '\0' ? slash + 1 : NULL) };

  if (self->channel != NULL)
    lf_channel_send (self->channel, LF_FRAME_HEALTH, &health);
}

/**
 * lf_calendar_health_send_all:
 * @self: what is wrong
 *
 * A stream began: what the server held is replaced.
 */
void
lf_calendar_health_send_all (LfCalendarHealth *self)
{
  const LfWireHealth fresh = { .code = LF_HEALTH_OK };
  GHashTableIter     iter;
  gpointer           key;
  gpointer           code;

  g_return_if_fail (self != NULL);

  if (self->channel == NULL)
    return;
  lf_channel_send (self->channel, LF_FRAME_HEALTH, &fresh);
  g_hash_table_iter_init (&iter, self->codes);
  while (g_hash_table_iter_next (&iter, &key, &code))
    send_one (self, (LfHealth) GPOINTER_TO_INT (code), key);
}

static LfHealth
to_code (const GError *error)
{
  if (error == NULL)
    return LF_HEALTH_OK;
  if (g_error_matches (error, LF_ERROR, LF_ERROR_FORBIDDEN))
    return LF_HEALTH_CALENDAR_REFUSED;
  if (g_error_matches (error, LF_ERROR, LF_ERROR_NOT_FOUND))
    return LF_HEALTH_CALENDAR_GONE;
  return LF_HEALTH_CALENDAR_UNREADABLE;
}

/**
 * lf_calendar_health_note:
 * @self: what is wrong
 * @source: a calendar's id on the server
 * @user_id: (nullable): whose; %NULL for all whom it is for
 * @error: (nullable): why it cannot be read; %NULL: it can
 *
 * Tells the server, if that is news.
 */
void
lf_calendar_health_note (LfCalendarHealth *self,
                         const char       *source,
                         const char       *user_id,
                         const GError     *error)
{
  LfHealth         code = to_code (error);
  g_autofree char *key = NULL;

  g_return_if_fail (self != NULL && source != NULL);

  key = g_strconcat (source, "/", user_id != NULL ? user_id : "", NULL);
  if ((LfHealth) GPOINTER_TO_INT (g_hash_table_lookup (self->codes, key)) == code)
    return;
  send_one (self, code, key);
  if (code == LF_HEALTH_OK)
    g_hash_table_remove (self->codes, key);
  else
    g_hash_table_replace (self->codes, g_steal_pointer (&key), GINT_TO_POINTER (code));
}

/**
 * lf_calendar_health_drop:
 * @self: what is wrong
 * @source: a calendar's id on the server
 * @user_id: (nullable): whose; %NULL for all whom it was for
 *
 * It is read no longer: tells the server, and keeps nothing of it.
 */
void
lf_calendar_health_drop (LfCalendarHealth *self,
                         const char       *source,
                         const char       *user_id)
{
  g_autofree char *key = NULL;

  g_return_if_fail (self != NULL && source != NULL);

  key = g_strconcat (source, "/", user_id != NULL ? user_id : "", NULL);
  g_hash_table_remove (self->codes, key);
  send_one (self, LF_HEALTH_CALENDAR_DROPPED, key);
}

/**
 * lf_calendar_health_set_people:
 * @self: what is wrong
 * @people: (element-type LfWireConnectorPerson): everybody that there is
 *
 * Keeps nothing of people who are no longer there.
 */
void
lf_calendar_health_set_people (LfCalendarHealth *self,
                               const GPtrArray  *people)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter         iter;
  const char            *key;

  g_return_if_fail (self != NULL && people != NULL);

  for (guint i = 0; i < people->len; i++)
    g_hash_table_add (ids, ((LfWireConnectorPerson *) people->pdata[i])->id);
  g_hash_table_iter_init (&iter, self->codes);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, NULL))
    {
      const char *user = strchr (key, '/') + 1;

      if (*user != '\0' && !g_hash_table_contains (ids, user))
        g_hash_table_iter_remove (&iter);
    }
}

/**
 * lf_calendar_health_forget:
 * @self: what is wrong
 *
 * Another configuration: everything is read again, and told anew.
 */
void
lf_calendar_health_forget (LfCalendarHealth *self)
{
  g_return_if_fail (self != NULL);

  g_hash_table_remove_all (self->codes);
  lf_calendar_health_send_all (self);
}
