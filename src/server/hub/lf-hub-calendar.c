/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-hub"

#include "config.h"

#include "lf-hub-private.h"

/* What others see of a person's calendar. The periods themselves are in the store: here are the revision
 * and who may ask. Somebody who may see nothing gets no revision: there is no calendar. */

/**
 * lf_hub_set_calendar:
 * @self: a hub
 * @user: whose
 * @calendar_rev: the stored revision
 *
 * The busy periods of a person changed: who may see them gets `calendar`.
 */
void
lf_hub_set_calendar (LfHub *self, const char *user, gint64 calendar_rev)
{
  LfPerson  *person = lf_hub_find_person (self, user);
  LfBusEvent event = { .topic = LF_BUS_CALENDAR, .user = user };

  g_return_if_fail (LF_IS_HUB (self));

  if (person == NULL || !lf_presentity_set_calendar (person->presentity, calendar_rev))
    return;
  lf_hub_forget_frames (person);
  lf_bus_publish (self->bus, &event);
}

/**
 * lf_hub_get_view:
 * @watcher: who looks
 * @person: whose calendar
 *
 * It is not asked whether @watcher may see @person at all.
 *
 * Returns: what @watcher sees of it, never %LF_CALENDAR_VIEW_DEFAULT
 */
LfCalendarView
lf_hub_get_view (LfPerson *watcher, LfPerson *person)
{
  gpointer view = NULL;

  if (watcher == person)
    return LF_CALENDAR_VIEW_PERIODS;
  if (person->views != NULL)
    view = g_hash_table_lookup (person->views, lf_presentity_get_user (watcher->presentity));
  if (view != NULL)
    return (LfCalendarView) GPOINTER_TO_INT (view);
  return person->view != LF_CALENDAR_VIEW_DEFAULT ? person->view : LF_CALENDAR_VIEW_PERIODS;
}

/**
 * lf_hub_hides_calendar:
 * @person: whose calendar
 *
 * Returns: %FALSE if nobody has to be asked about: all may know that there is one
 */
gboolean
lf_hub_hides_calendar (LfPerson *person)
{
  return person->view == LF_CALENDAR_VIEW_NONE || (person->views != NULL && g_hash_table_size (person->views) > 0);
}

/**
 * lf_hub_set_view:
 * @self: the hub
 * @person: whose calendar
 * @other: (nullable): who sees it; %NULL: everybody without an exception
 * @view: what of it
 *
 * Whoever saw something and sees nothing now hears that there is no calendar; the others hear of its new
 * revision, by lf_hub_set_calendar().
 */
void
lf_hub_set_view (LfHub *self, LfPerson *person, const char *other, LfCalendarView view)
{
  LfWireCalendarChange  change = { (char *) lf_presentity_get_user (person->presentity), 0 };
  g_autoptr (LfWsFrame) frame = NULL;
  g_autoptr (GPtrArray) seeing = g_ptr_array_new ();

  for (guint i = 0; i < person->live->len; i++)
    {
      LfPerson *watcher = g_array_index (person->live, LfLiveWatch, i).watch->watcher;

      if (lf_hub_sees (watcher, person) && lf_hub_get_view (watcher, person) != LF_CALENDAR_VIEW_NONE)
        g_ptr_array_add (seeing, watcher);
    }
  if (other == NULL)
    person->view = view;
  else
    {
      if (person->views == NULL)
        person->views = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      if (view != LF_CALENDAR_VIEW_DEFAULT)
        g_hash_table_replace (person->views, g_strdup (other), GINT_TO_POINTER (view));
      else
        g_hash_table_remove (person->views, other);
    }
  if (lf_presentity_get_calendar (person->presentity) == 0)
    return;
  for (guint i = 0; i < seeing->len; i++)
    {
      if (lf_hub_get_view (seeing->pdata[i], person) != LF_CALENDAR_VIEW_NONE)
        continue;
      if (frame == NULL)
        frame = lf_ws_frame_new_text (LF_FRAME_CALENDAR, &change);
      lf_hub_tell_presence (seeing->pdata[i], person, frame);
    }
}

/**
 * lf_hub_set_calendar_exception:
 * @self: a hub
 * @user: whose calendar
 * @other: who sees it
 * @view: what of it, whatever everybody sees; %LF_CALENDAR_VIEW_DEFAULT: no exception
 *
 * Takes over an exception. Follow with lf_hub_set_calendar(), which has those pull who see more or less now.
 */
void
lf_hub_set_calendar_exception (LfHub *self, const char *user, const char *other, LfCalendarView view)
{
  LfPerson *person = lf_hub_find_person (self, user);

  g_return_if_fail (LF_IS_HUB (self));
  g_return_if_fail (other != NULL);

  if (person != NULL && (person->views != NULL || view != LF_CALENDAR_VIEW_DEFAULT))
    lf_hub_set_view (self, person, other, view);
}

/**
 * lf_hub_get_calendar_view:
 * @self: a hub
 * @watcher: who looks
 * @user: whose calendar
 *
 * Returns: what @watcher sees of it now, never %LF_CALENDAR_VIEW_DEFAULT
 */
LfCalendarView
lf_hub_get_calendar_view (LfHub *self, const char *watcher, const char *user)
{
  g_return_val_if_fail (LF_IS_HUB (self), LF_CALENDAR_VIEW_NONE);

  if (lf_hub_is_hidden (self, watcher, user))
    return LF_CALENDAR_VIEW_NONE;
  return lf_hub_get_view (lf_hub_find_person (self, watcher), lf_hub_find_person (self, user));
}
