/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-day-stepper.h"
#include "lf-free-time-dialog.h"
#include "lf-free-time-person.h"
#include "lf-free-time-row.h"
#include "lf-person-popover.h"
#include "lf-status-words.h"

#define AHEAD_US        (14 * LF_DAY) /* calendars are known no further */
#define MAX_TIMES       12
#define LENGTH_DEFAULT  1 /* of lengths_min: half an hour */
#define LONG_FIRST_HOUR 7 /* with evenings and weekends */
#define LONG_LAST_HOUR  22

struct _LfFreeTimeDialog
{
  AdwWindow parent_instance;

  LfClient *client;     /* owned */
  guint     refresh_id; /* main loop source; 0: nothing has changed */
  gint64    mark_us;    /* start of the time chosen, or LF_INSTANT_NONE */
  char     *shown;      /* owned, nullable: what the list of times says */

  AdwToastOverlay     *toasts;        /* template */
  AdwPreferencesGroup *people_group;  /* template */
  LfDayStepper        *stepper;       /* template */
  GtkListBox          *people_list;   /* template */
  GtkWidget           *add_button;    /* template */
  LfPersonPopover     *popover;       /* template */
  GtkDropDown         *length_drop;   /* template */
  GtkCheckButton      *anytime_check; /* template */
  AdwPreferencesGroup *times_group;   /* template */
  GtkListBox          *times_list;    /* template */
};

G_DEFINE_FINAL_TYPE (LfFreeTimeDialog, lf_free_time_dialog, ADW_TYPE_WINDOW)

/* What is asked of a calendar between two instants. */
typedef gboolean (*CalendarClaim) (const LfCalendar *calendar, gint64 start_us, gint64 end_us);

static const int lengths_min[] = { 15, 30, 45, 60, 90, 120 };

static gint64
get_length_us (LfFreeTimeDialog *self)
{
  guint i = gtk_drop_down_get_selected (self->length_drop);

  return lengths_min[MIN (i, G_N_ELEMENTS (lengths_min) - 1)] * LF_MINUTE;
}

static LfFreeTimePerson *
get_person (LfFreeTimeDialog *self,
            int               i)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->people_list, i);

  return row != NULL && LF_IS_FREE_TIME_PERSON (row) ? LF_FREE_TIME_PERSON (row) : NULL;
}

static const LfCalendar *
get_calendar (LfFreeTimePerson *person)
{
  return &lf_contact_get_presence (lf_free_time_person_get_contact (person))->calendar;
}

static int
count_people (LfFreeTimeDialog *self)
{
  int n_people = 0;

  while (get_person (self, n_people) != NULL)
    n_people++;
  return n_people;
}

static gboolean
is_in (LfContact *contact,
       gpointer   user_data)
{
  LfFreeTimePerson *person;

  for (int i = 0; (person = get_person (user_data, i)) != NULL; i++)
    if (g_str_equal (lf_contact_get_user (lf_free_time_person_get_contact (person)), lf_contact_get_user (contact)))
      return TRUE;
  return FALSE;
}

/* "Ann", "Ann, Ben", "Ann, Ben, Chloé": those of whom @is_meant holds; NULL: nobody. */
static char *
join_names (LfFreeTimeDialog *self,
            CalendarClaim     is_meant,
            gint64            start_us,
            gint64            end_us)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  LfFreeTimePerson     *person;

  for (int i = 0; (person = get_person (self, i)) != NULL; i++)
    if (is_meant (get_calendar (person), start_us, end_us))
      g_ptr_array_add (names, (char *) lf_free_time_person_get_name (person));
  if (names->len == 0)
    return NULL;
  g_ptr_array_add (names, NULL);
  /* Translators: stands between names. */
  return g_strjoinv (_(", "), (char **) names->pdata);
}

static gboolean
is_known (const LfCalendar *calendar,
          gint64            start_us,
          gint64            end_us)
{
  return lf_free_time_is_known (calendar, start_us);
}

static gboolean
is_unknown (const LfCalendar *calendar,
            gint64            start_us,
            gint64            end_us)
{
  return !lf_free_time_is_known (calendar, start_us);
}

/* The same hours for everybody, so that one time stands below the other. */
static void
update_strips (LfFreeTimeDialog *self,
               gint64            now_us)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  LfFreeTimePerson     *person;
  LfBusyDay             day;

  lf_busy_day_init (&day, lf_day_stepper_get_days (self->stepper), now_us, zone);
  for (int i = 0; (person = get_person (self, i)) != NULL; i++)
    lf_busy_day_widen (&day, get_calendar (person), zone);
  lf_day_stepper_update (self->stepper, day.at_us, now_us);
  for (int i = 0; (person = get_person (self, i)) != NULL; i++)
    {
      LfBusyStrip *strip = lf_free_time_person_get_strip (person);

      lf_busy_strip_update (strip, get_calendar (person), &day, now_us);
      lf_busy_strip_set_mark (strip, self->mark_us,
                              self->mark_us == LF_INSTANT_NONE ? LF_INSTANT_NONE : self->mark_us + get_length_us (self));
    }
}

/* How many days after today @at_us is. */
static int
count_days (gint64 at_us,
            gint64 now_us)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  int                   days = 0;

  for (; days < LF_DAY_STEPPER_MAX_DAYS; days++)
    {
      LfBusyDay             day;
      g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (at_us / LF_SECOND);
      g_autoptr (GDateTime) other = NULL;

      lf_busy_day_init (&day, days, now_us, zone);
      other = g_date_time_new_from_unix_local (day.at_us / LF_SECOND);
      if (g_date_time_get_year (at) == g_date_time_get_year (other) &&
          g_date_time_get_day_of_year (at) == g_date_time_get_day_of_year (other))
        break;
    }
  return days;
}

static GArray *
find_times (LfFreeTimeDialog *self,
            gint64            now_us)
{
  gboolean              is_anytime = gtk_check_button_get_active (self->anytime_check);
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (GPtrArray) calendars = g_ptr_array_new ();
  LfFreeTimePerson     *person;
  LfFreeTimeQuery       query = {
          .from_us = now_us,
          .until_us = now_us + AHEAD_US,
          .least_us = get_length_us (self),
          .zone = zone,
          .first_hour = is_anytime ? LONG_FIRST_HOUR : LF_BUSY_PLAN_FIRST_HOUR,
          .last_hour = is_anytime ? LONG_LAST_HOUR : LF_BUSY_PLAN_LAST_HOUR,
          .has_weekends = is_anytime,
          .n_max = MAX_TIMES,
  };

  for (int i = 0; (person = get_person (self, i)) != NULL; i++)
    if (lf_free_time_is_known (get_calendar (person), now_us))
      g_ptr_array_add (calendars, (gpointer) get_calendar (person));
  if (calendars->len == 0)
    return g_array_new (FALSE, FALSE, sizeof (LfFreeTime));
  return lf_free_time_find ((const LfCalendar *const *) calendars->pdata, calendars->len, &query);
}

/* What the list of times is of, or why it is empty. */
static char *
describe_times (LfFreeTimeDialog *self,
                gboolean          is_any,
                gint64            now_us)
{
  g_autofree char *unknown = join_names (self, is_unknown, now_us, now_us);
  g_autofree char *known = join_names (self, is_known, now_us, now_us);
  g_autofree char *length = lf_free_time_format_length (get_length_us (self));

  if (count_people (self) == 0)
    return g_strdup (_("Add the people who shall meet."));
  if (known == NULL)
    return g_strdup (_("No calendar of these people can be seen, so it is not known when they are free."));
  if (!is_any)
    /* Translators: a length of time, "30 min" */
    return g_strdup_printf (_("In the next two weeks there is no time of %s at which all are free."), length);
  if (unknown != NULL)
    /* Translators: one name or several */
    return g_strdup_printf (_("Not counting %s: it is not known when they are free."), unknown);
  return NULL;
}

/* Without the server nobody tells that somebody is busy by now. */
static char *
describe_age (LfFreeTimeDialog *self,
              gint64            now_us)
{
  gint64           as_of_us = lf_client_get_as_of_us (self->client);
  g_autofree char *age = NULL;

  if (lf_client_get_state (self->client) == LF_CLIENT_ONLINE || as_of_us == 0)
    return NULL;
  age = lf_status_words_format_as_of (as_of_us, now_us);
  /* Translators: the argument is "as of 10:42" */
  return g_strdup_printf (_("Reconnecting… calendars %s"), age);
}

static void
on_copied (LfFreeTimeDialog *self,
           const char       *text)
{
  g_autofree char *words = g_strdup_printf (_("Copied: %s"), text);
  g_autofree char *escaped = g_markup_escape_text (words, -1); /* a toast's title is markup */
  AdwToast        *toast = adw_toast_new (escaped);

  adw_toast_set_timeout (toast, 3);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static GtkWidget *
make_row (LfFreeTimeDialog *self,
          const LfFreeTime *time,
          gint64            now_us)
{
  gint64           length_us = get_length_us (self);
  g_autofree char *doubtful = NULL;
  GtkWidget       *row;

  if (time->is_tentative)
    doubtful = join_names (self, lf_free_time_is_tentative, time->start_us, time->end_us);
  row = lf_free_time_row_new (time, length_us, doubtful, now_us);
  g_signal_connect_object (row, "copied", G_CALLBACK (on_copied), self, G_CONNECT_SWAPPED);
  return g_object_ref_sink (row);
}

/* What the rows say, all of it. */
static char *
describe_rows (const GPtrArray *rows)
{
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    g_string_append_printf (words, "%s\n%s\n%s\n", adw_preferences_row_get_title (rows->pdata[i]),
                            adw_action_row_get_subtitle (rows->pdata[i]), lf_free_time_row_get_text (rows->pdata[i]));
  return g_string_free (words, FALSE);
}

/* The time chosen stays so while it is free; then the first is, and its day is shown. */
static void
choose_time (LfFreeTimeDialog *self,
             const GPtrArray  *rows,
             gint64            now_us)
{
  LfFreeTimeRow *chosen = NULL;

  for (guint i = 0; i < rows->len && chosen == NULL; i++)
    if (lf_free_time_row_get_time (rows->pdata[i])->start_us == self->mark_us)
      chosen = rows->pdata[i];
  if (chosen == NULL && rows->len > 0)
    {
      chosen = rows->pdata[0];
      self->mark_us = lf_free_time_row_get_time (chosen)->start_us;
      lf_day_stepper_set_days (self->stepper, count_days (self->mark_us, now_us));
    }
  if (chosen == NULL)
    self->mark_us = LF_INSTANT_NONE;
  gtk_list_box_select_row (self->times_list, GTK_LIST_BOX_ROW (chosen));
}

/* Rows that say the same stay, and with them the focus. */
static void
fill_times (LfFreeTimeDialog *self,
            const GArray     *times,
            gint64            now_us)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char      *words = NULL;
  GtkWidget            *child;

  for (guint i = 0; i < times->len; i++)
    g_ptr_array_add (rows, make_row (self, &g_array_index (times, LfFreeTime, i), now_us));
  words = describe_rows (rows);
  if (g_strcmp0 (words, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_steal_pointer (&words);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->times_list))) != NULL)
    gtk_list_box_remove (self->times_list, child);
  for (guint i = 0; i < rows->len; i++)
    gtk_list_box_append (self->times_list, rows->pdata[i]);
  gtk_widget_set_visible (GTK_WIDGET (self->times_list), rows->len > 0);
  choose_time (self, rows, now_us);
}

static void
refresh (LfFreeTimeDialog *self)
{
  gint64             now_us = lf_clock_get_now_us (lf_client_get_clock (self->client));
  g_autoptr (GArray) times = find_times (self, now_us);
  g_autofree char   *words = describe_times (self, times->len > 0, now_us);
  g_autofree char   *age = describe_age (self, now_us);
  g_autofree char   *both = words != NULL && age != NULL ? g_strconcat (words, "\n", age, NULL) : NULL;

  fill_times (self, times, now_us);
  adw_preferences_group_set_description (self->times_group, both != NULL ? both : age != NULL ? age
                                                                                              : words);
  gtk_widget_set_sensitive (self->add_button, count_people (self) < LF_FREE_TIME_MAX_PEOPLE);
  update_strips (self, now_us);
}

static gboolean
on_refresh (gpointer user_data)
{
  LfFreeTimeDialog *self = user_data;

  self->refresh_id = 0;
  refresh (self);
  return G_SOURCE_REMOVE;
}

/* Several calendars change at once: they are pulled together. */
static void
schedule_refresh (LfFreeTimeDialog *self)
{
  if (self->refresh_id == 0)
    self->refresh_id = g_idle_add (on_refresh, self);
}

static void
on_person_left (LfFreeTimePerson *person,
                LfFreeTimeDialog *self)
{
  g_signal_handlers_disconnect_by_data (lf_free_time_person_get_contact (person), self);
  gtk_list_box_remove (self->people_list, GTK_WIDGET (person));
  gtk_widget_grab_focus (self->add_button);
  schedule_refresh (self);
}

static void
add_person (LfFreeTimeDialog *self,
            LfContact        *contact)
{
  gboolean    is_own = contact == lf_client_get_own (self->client);
  const char *name = is_own ? _("You") : lf_contact_get_name (contact);
  GtkWidget  *person;

  if (is_in (contact, self) || count_people (self) >= LF_FREE_TIME_MAX_PEOPLE)
    return;
  person = lf_free_time_person_new (contact, name);
  g_signal_connect (person, "left", G_CALLBACK (on_person_left), self);
  g_signal_connect_object (contact, "notify::presence", G_CALLBACK (schedule_refresh), self, G_CONNECT_SWAPPED);
  gtk_list_box_append (self->people_list, person);
  schedule_refresh (self);
}

static void
on_person_chosen (LfFreeTimeDialog *self,
                  LfContact        *contact)
{
  add_person (self, contact);
  gtk_widget_grab_focus (self->add_button);
}

static void
on_day_changed (LfFreeTimeDialog *self)
{
  if (self->client != NULL)
    update_strips (self, lf_clock_get_now_us (lf_client_get_clock (self->client)));
}

static void
on_time_activated (LfFreeTimeDialog *self,
                   GtkListBoxRow    *row)
{
  gint64 now_us = lf_clock_get_now_us (lf_client_get_clock (self->client));

  self->mark_us = lf_free_time_row_get_time (LF_FREE_TIME_ROW (row))->start_us;
  gtk_list_box_select_row (self->times_list, row);
  lf_day_stepper_set_days (self->stepper, count_days (self->mark_us, now_us));
  update_strips (self, now_us);
}

static void
lf_free_time_dialog_dispose (GObject *object)
{
  LfFreeTimeDialog *self = LF_FREE_TIME_DIALOG (object);

  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (lf_free_time_dialog_parent_class)->dispose (object);
}

static void
lf_free_time_dialog_finalize (GObject *object)
{
  g_free (LF_FREE_TIME_DIALOG (object)->shown);
  G_OBJECT_CLASS (lf_free_time_dialog_parent_class)->finalize (object);
}

static void
lf_free_time_dialog_class_init (LfFreeTimeDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lf_free_time_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = lf_free_time_dialog_finalize;
  g_type_ensure (LF_TYPE_DAY_STEPPER);
  g_type_ensure (LF_TYPE_PERSON_POPOVER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/lampfield/Lampfield/free-time/lf-free-time-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, LfFreeTimeDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, LfFreeTimeDialog, people_group);
  gtk_widget_class_bind_template_child (widget_class, LfFreeTimeDialog, stepper);
  gtk_widget_class_bind_template_child (widget_class, LfFreeTimeDialog, people_list);
  gtk_widget_class_bind_template_child (widget_class, LfFreeTimeDialog, add_button);
  gtk_widget_class_bind_template_child (widget_class, LfFreeTimeDialog, popover);
  gtk_widget_class_bind_template_child (widget_class, LfFreeTimeDialog, length_drop);
  gtk_widget_class_bind_template_child (widget_class, LfFreeTimeDialog, anytime_check);
  gtk_widget_class_bind_template_child (widget_class, LfFreeTimeDialog, times_group);
  gtk_widget_class_bind_template_child (widget_class, LfFreeTimeDialog, times_list);
  gtk_widget_class_bind_template_callback (widget_class, on_person_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_day_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_time_activated);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
lf_free_time_dialog_init (LfFreeTimeDialog *self)
{
  g_autoptr (GtkStringList) lengths = gtk_string_list_new (NULL);

  self->mark_us = LF_INSTANT_NONE;
  gtk_widget_init_template (GTK_WIDGET (self));
  for (gsize i = 0; i < G_N_ELEMENTS (lengths_min); i++)
    gtk_string_list_take (lengths, lf_free_time_format_length (lengths_min[i] * LF_MINUTE));
  gtk_drop_down_set_model (self->length_drop, G_LIST_MODEL (lengths));
  gtk_drop_down_set_selected (self->length_drop, LENGTH_DEFAULT);
}

/**
 * lf_free_time_dialog_new:
 * @window: the window it stands over
 * @contact: (nullable): whom the user wants to meet
 *
 * Makes the dialog with the user and @contact in it.
 *
 * Returns: (transfer floating): a new dialog
 */
LfFreeTimeDialog *
lf_free_time_dialog_new (LfWindow  *window,
                         LfContact *contact)
{
  LfFreeTimeDialog *self;

  g_return_val_if_fail (LF_IS_WINDOW (window), NULL);

  self = g_object_new (LF_TYPE_FREE_TIME_DIALOG, "transient-for", window, NULL);
  self->client = g_object_ref (lf_window_get_client (window));
  lf_person_popover_set_client (self->popover, self->client, is_in, self);
  if (lf_client_get_own (self->client) != NULL)
    add_person (self, lf_client_get_own (self->client));
  if (contact != NULL)
    add_person (self, contact);
  g_signal_connect_object (lf_client_get_roster (self->client), "tick", G_CALLBACK (schedule_refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->client, "notify::state", G_CALLBACK (schedule_refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->length_drop, "notify::selected", G_CALLBACK (schedule_refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->anytime_check, "notify::active", G_CALLBACK (schedule_refresh), self, G_CONNECT_SWAPPED);
  refresh (self);
  return self;
}
