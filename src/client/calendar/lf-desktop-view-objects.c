/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include <string.h>

#include "lf-desktop-view-private.h"
#include "lf-ical-zone.h"
#include "lf-meeting-link.h"

#define MAX_ZONES 200

/* @rid as events and the desktop's ids of them write it: only date and time are sure to agree. */
static char *
make_key (const char *uid, const char *rid)
{
  return g_strdup_printf ("%s\n%.15s", uid, rid != NULL ? rid : "");
}

static void
remove_object (LfDesktopView *self, const char *key)
{
  LfDesktopObject *object = g_hash_table_lookup (self->objects, key);

  if (object == NULL)
    return;
  self->n_bytes -= strlen (object->text);
  g_hash_table_remove (self->objects, key);
}

/* ---- questions ---- */

typedef struct
{
  LfDesktopView  *view;   /* owned */
  ECalClientView *within; /* owned; compared alone */
  char           *id;     /* owned */
} Question;

static void
free_question (Question *question)
{
  g_object_unref (question->view);
  g_object_unref (question->within);
  g_free (question->id);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, free_question)

static Question *
ask (LfDesktopView *self, const char *id)
{
  Question *question = g_new (Question, 1);

  *question = (Question){ g_object_ref (self), g_object_ref (self->view), g_strdup (id) };
  self->n_asked++;
  return question;
}

/* ---- zones ---- */

static void
on_zone (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  LfDesktopView       *self = question->view;
  ICalTimezone        *zone = NULL; /* of the client */

  e_cal_client_get_timezone_finish (E_CAL_CLIENT (source), result, &zone, NULL);
  if (self->view != question->within)
    return;
  self->n_asked--;
  if (zone != NULL)
    {
      ICalComponent *component = i_cal_timezone_get_component (zone);
      char          *text = component != NULL ? i_cal_component_as_ical_string (component) : NULL;

      if (text != NULL && strlen (text) <= LF_DESKTOP_MAX_BYTES / MAX_ZONES)
        g_hash_table_replace (self->zones, g_strdup (question->id), text);
      else
        g_free (text);
      g_clear_object (&component);
    }
  lf_desktop_view_settle (self);
}

/* A zone whose name says nothing to anybody but this calendar: asked for once. */
static void
on_tzid (ICalParameter *parameter, gpointer user_data)
{
  LfDesktopView *self = user_data;
  const char    *tzid = i_cal_parameter_get_tzid (parameter);

  if (tzid == NULL || lf_ical_zone_is_known (tzid) || g_hash_table_contains (self->zones, tzid) || g_hash_table_size (self->zones) >= MAX_ZONES)
    return;
  g_hash_table_insert (self->zones, g_strdup (tzid), g_strdup (""));
  e_cal_client_get_timezone (self->client, tzid, self->cancellable, on_zone, ask (self, tzid));
}

/* ---- objects ---- */

/* An answer of what is left of it may be older. */
static void
note_heard_of (LfDesktopView *self, const char *uid)
{
  if (g_hash_table_contains (self->doubted, uid))
    g_hash_table_insert (self->doubted, g_strdup (uid), GINT_TO_POINTER (TRUE));
}

static void
take_object (LfDesktopView *self, ICalComponent *component)
{
  const char      *uid = i_cal_component_get_uid (component);
  g_autofree char *rid = e_cal_util_component_get_recurid_as_string (component);
  g_autofree char *key = NULL;
  g_autofree char *text = NULL;
  g_autofree char *link = NULL;

  if (uid == NULL || i_cal_component_isa (component) != I_CAL_VEVENT_COMPONENT)
    return;
  if (rid != NULL && *rid == '\0')
    g_clear_pointer (&rid, g_free);
  key = make_key (uid, rid);
  remove_object (self, key);
  note_heard_of (self, uid);
  text = i_cal_component_as_ical_string (component);
  if (text == NULL || g_hash_table_size (self->objects) > LF_DESKTOP_MAX_OBJECTS || self->n_bytes > LF_DESKTOP_MAX_BYTES)
    return; /* over the limit, which the reading tells */
  link = lf_meeting_link_find (component);
  i_cal_component_foreach_tzid (component, on_tzid, self);
  self->is_believed = TRUE;
  self->n_bytes += strlen (text);
  g_hash_table_insert (self->objects, g_steal_pointer (&key), lf_desktop_object_new (uid, rid, text, link));
}

static void
on_objects (ECalClientView *view, const GSList *components, LfDesktopView *self)
{
  for (const GSList *l = components; l != NULL; l = l->next)
    take_object (self, l->data);
  lf_desktop_view_settle (self);
}

static void
remove_series (LfDesktopView *self, const char *uid)
{
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const LfDesktopObject *object = value;

      if (!g_str_equal (object->uid, uid))
        continue;
      self->n_bytes -= strlen (object->text);
      g_hash_table_iter_remove (&iter);
    }
}

static void ask_what_is_left (LfDesktopView *self, const char *uid);

static void
on_left (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError)   error = NULL;
  LfDesktopView       *self = question->view;
  GSList              *left = NULL;
  gboolean             is_old;

  e_cal_client_get_objects_for_uid_finish (E_CAL_CLIENT (source), result, &left, &error);
  if (self->view == question->within)
    {
      self->n_asked--;
      is_old = GPOINTER_TO_INT (g_hash_table_lookup (self->doubted, question->id));
      g_hash_table_remove (self->doubted, question->id);
      if (is_old)
        ask_what_is_left (self, question->id);
      else if (error != NULL && !g_error_matches (error, E_CAL_CLIENT_ERROR, E_CAL_CLIENT_ERROR_OBJECT_NOT_FOUND))
        lf_desktop_view_fail (self, error);
      else
        {
          remove_series (self, question->id);
          for (const GSList *l = left; l != NULL; l = l->next)
            take_object (self, e_cal_component_get_icalcomponent (l->data));
          lf_desktop_view_settle (self);
        }
    }
  g_slist_free_full (left, g_object_unref);
}

static void
ask_what_is_left (LfDesktopView *self, const char *uid)
{
  if (g_hash_table_contains (self->doubted, uid))
    {
      note_heard_of (self, uid);
      return;
    }
  g_hash_table_insert (self->doubted, g_strdup (uid), GINT_TO_POINTER (FALSE));
  e_cal_client_get_objects_for_uid (self->client, uid, self->cancellable, on_left, ask (self, uid));
}

/* Of an instance that is changed no more the service says the same as of a whole series that goes: no RECURRENCE-ID
 * (3.46, by CalDAV). So it is asked what is left, or a meeting would be gone by mistake. */
static void
on_removed (ECalClientView *view, const GSList *ids, LfDesktopView *self)
{
  for (const GSList *l = ids; l != NULL; l = l->next)
    {
      const char      *uid = e_cal_component_id_get_uid (l->data);
      const char      *rid = e_cal_component_id_get_rid (l->data);
      g_autofree char *key = make_key (uid, rid);

      if (rid == NULL || *rid == '\0')
        ask_what_is_left (self, uid);
      else
        {
          remove_object (self, key);
          note_heard_of (self, uid);
        }
    }
  lf_desktop_view_settle (self);
}

/* Follows what the view tells, from its beginning. */
void
lf_desktop_view_follow (LfDesktopView *self)
{
  g_signal_connect_object (self->view, "objects-added", G_CALLBACK (on_objects), self, 0);
  g_signal_connect_object (self->view, "objects-modified", G_CALLBACK (on_objects), self, 0);
  g_signal_connect_object (self->view, "objects-removed", G_CALLBACK (on_removed), self, 0);
}

/* The view is another, or none: nothing is known of its events, and answers that are under way are not taken. */
void
lf_desktop_view_forget_objects (LfDesktopView *self)
{
  g_hash_table_remove_all (self->objects);
  g_hash_table_remove_all (self->zones);
  g_hash_table_remove_all (self->doubted);
  self->n_bytes = 0;
  self->n_asked = 0;
}

/* As they are now, for a reading: the objects are immutable and shared. */
void
lf_desktop_view_copy_objects (LfDesktopView *self, GPtrArray **objects, GPtrArray **zones)
{
  GHashTableIter iter;
  gpointer       value;

  *objects = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_desktop_object_unref);
  *zones = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (*objects, lf_desktop_object_ref (value));
  g_hash_table_iter_init (&iter, self->zones);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (*(const char *) value != '\0')
      g_ptr_array_add (*zones, g_strdup (value));
}
