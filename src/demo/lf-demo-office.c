/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-demo"

#include "config.h"

#include "lf-demo-life.h"
#include "lf-demo-office.h"
#include "lf-demo-roster.h"

/* Passwords are hashed one at a time by the server: a few in flight keep it busy. */
#define SIGN_INS_AT_ONCE 4
#define OPEN_CHECK_MS    100
#define OPEN_DEADLINE_US (60 * LF_SECOND)

/* Time between two things that happen: shorter while the visitor looks around first. */
#define FIRST_STEPS          10
#define FIRST_STEP_MS        900
#define STEP_MS              2400
#define GREETING_AFTER_STEPS 14
#define CALL_AFTER_STEPS     17
#define CALLING_COLLEAGUE    6 /* index: idle at the start, so that nobody calls there */

struct _LfDemoOffice
{
  GObject parent_instance;

  char         *server;   /* owned */
  char         *password; /* owned: of every account */
  LfClock      *clock;    /* owned */
  GRand        *random;   /* owned */
  LfDemoRoster *roster;   /* owned */
  LfDemoStaff   staff;    /* its arrays and phones owned */
  GCancellable *cancellable;
  gint64        deadline_us;
  guint         next_sign_in; /* index of the next colleague */
  guint         n_signing_in;
  guint         timer;
  guint         n_steps;
  gboolean      has_begun;
};

G_DEFINE_FINAL_TYPE (LfDemoOffice, lf_demo_office, G_TYPE_OBJECT)

enum
{
  OPENED,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
fail (LfDemoOffice *self, const GError *error)
{
  lf_demo_office_close (self);
  g_signal_emit (self, signals[FAILED], 0, error);
}

static gboolean on_step (gpointer user_data);

static void
schedule_step (LfDemoOffice *self)
{
  guint base_ms = self->n_steps < FIRST_STEPS ? FIRST_STEP_MS : STEP_MS;

  self->timer = g_timeout_add (base_ms + (guint) g_rand_int_range (self->random, 0, (gint32) base_ms), on_step, self);
}

static gboolean
on_step (gpointer user_data)
{
  LfDemoOffice *self = user_data;

  self->n_steps++;
  if (self->n_steps == GREETING_AFTER_STEPS)
    lf_demo_colleague_write_to (self->staff.colleagues->pdata[2], lf_demo_roster_get_visitor (self->roster),
                                "Do you have a minute for the release notes?");
  else if (self->n_steps == CALL_AFTER_STEPS)
    lf_demo_phones_call_visitor (self->staff.phones, CALLING_COLLEAGUE);
  else
    lf_demo_life_step (&self->staff);
  schedule_step (self);
  return G_SOURCE_REMOVE;
}

static void
on_roster_built (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfDemoOffice) self = user_data;
  g_autoptr (GError)       error = NULL;

  if (!lf_demo_roster_build_finish (LF_DEMO_ROSTER (source), result, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        fail (self, error);
      return;
    }
  lf_demo_colleague_write_to (self->staff.colleagues->pdata[1], lf_demo_roster_get_visitor (self->roster),
                              "Hello! The drawings for Bremen are in the shared folder.");
  schedule_step (self);
  g_signal_emit (self, signals[OPENED], 0, lf_demo_roster_get_refresh_token (self->roster));
}

static gboolean
is_everybody_in (LfDemoOffice *self)
{
  for (guint i = 0; i < self->staff.colleagues->len; i++)
    {
      LfDemoColleague *colleague = self->staff.colleagues->pdata[i];

      if (lf_demo_person_signs_in (lf_demo_colleague_get_person (colleague)) && !lf_demo_colleague_is_online (colleague))
        return FALSE;
    }
  return lf_demo_phones_is_live (self->staff.phones);
}

/* Looks whether all streams are open; then the first states are set and the contact list is built. */
static gboolean
on_open_check (gpointer user_data)
{
  LfDemoOffice *self = user_data;

  if (!is_everybody_in (self))
    {
      g_autoptr (GError) error = NULL;

      if (lf_clock_get_mono_us (self->clock) < self->deadline_us)
        return G_SOURCE_CONTINUE;
      self->timer = 0;
      error = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "Not everybody could sign in within %d s",
                           (int) (OPEN_DEADLINE_US / LF_SECOND));
      fail (self, error);
      return G_SOURCE_REMOVE;
    }
  self->timer = 0;
  lf_demo_life_begin (&self->staff);
  lf_demo_roster_build_async (self->roster, self->password, self->cancellable, on_roster_built, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void sign_in_more (LfDemoOffice *self);

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfDemoOffice) self = user_data;
  g_autoptr (GError)       error = NULL;

  self->n_signing_in--;
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (!lf_demo_colleague_sign_in_finish (LF_DEMO_COLLEAGUE (source), result, &error))
    {
      g_prefix_error (&error, "%s: ", lf_demo_colleague_get_person (LF_DEMO_COLLEAGUE (source))->name);
      fail (self, error);
      return;
    }
  sign_in_more (self);
}

static void
sign_in_more (LfDemoOffice *self)
{
  while (self->n_signing_in < SIGN_INS_AT_ONCE && self->next_sign_in < self->staff.colleagues->len)
    {
      LfDemoColleague *colleague = self->staff.colleagues->pdata[self->next_sign_in++];

      if (!lf_demo_person_signs_in (lf_demo_colleague_get_person (colleague)))
        continue;
      self->n_signing_in++;
      lf_demo_colleague_set_reach (colleague, LF_REACHABILITY_ONLINE, lf_clock_get_now_us (self->clock) - LF_HOUR);
      lf_demo_colleague_sign_in_async (colleague, self->server, self->password, on_signed_in, g_object_ref (self));
    }
}

static void
lf_demo_office_dispose (GObject *object)
{
  LfDemoOffice *self = LF_DEMO_OFFICE (object);

  lf_demo_office_close (self);
  g_clear_pointer (&self->staff.colleagues, g_ptr_array_unref);
  g_clear_pointer (&self->staff.calendars, g_ptr_array_unref);
  g_clear_object (&self->staff.phones);
  g_clear_object (&self->roster);
  g_clear_object (&self->clock);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (lf_demo_office_parent_class)->dispose (object);
}

static void
lf_demo_office_finalize (GObject *object)
{
  LfDemoOffice *self = LF_DEMO_OFFICE (object);

  g_rand_free (self->random);
  g_free (self->server);
  g_free (self->password);

  G_OBJECT_CLASS (lf_demo_office_parent_class)->finalize (object);
}

static void
lf_demo_office_class_init (LfDemoOfficeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_demo_office_dispose;
  object_class->finalize = lf_demo_office_finalize;

  signals[OPENED] = g_signal_new ("opened", LF_TYPE_DEMO_OFFICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[FAILED] = g_signal_new ("failed", LF_TYPE_DEMO_OFFICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
lf_demo_office_init (LfDemoOffice *self)
{
  self->clock = lf_clock_new_system ();
  self->cancellable = g_cancellable_new ();
  self->staff.colleagues = g_ptr_array_new_with_free_func (g_object_unref);
  self->staff.calendars = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_demo_calendar_free);
}

static char *
read_word (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char            *text = NULL;

  return g_file_get_contents (path, &text, NULL, error) ? g_strstrip (text) : NULL;
}

static void
hire (LfDemoOffice *self, const char *calendars)
{
  gint64 now_us = lf_clock_get_now_us (self->clock);

  self->staff.clock = self->clock;
  self->staff.random = self->random;
  self->staff.server = self->server;
  self->staff.password = self->password;
  lf_demo_phones_set_habits (self->staff.phones, lf_demo_life_get_habit, &self->staff);
  for (guint i = 0; i < lf_demo_people_count (); i++)
    {
      g_ptr_array_add (self->staff.colleagues, lf_demo_colleague_new (i, self->clock, self->random));
      g_ptr_array_add (self->staff.calendars, lf_demo_calendar_new (calendars, lf_demo_people_get (i), i, now_us));
    }
}

/**
 * lf_demo_office_new:
 * @server: the server's address
 * @folder: what lf_demo_prepare() made
 * @seed: the same seed lets the same things happen
 * @error: return location: a %G_FILE_ERROR or %LF_ERROR
 *
 * Makes the office; lf_demo_office_open() opens it.
 *
 * Returns: (transfer full) (nullable): the office
 */
LfDemoOffice *
lf_demo_office_new (const char *server, const char *folder, guint32 seed, GError **error)
{
  g_autoptr (LfDemoOffice) self = g_object_new (LF_TYPE_DEMO_OFFICE, NULL);
  g_autofree char         *token = NULL;
  g_autofree char         *calendars = g_build_filename (folder, "calendars", NULL);

  self->server = g_strdup (server);
  self->random = g_rand_new_with_seed (seed);
  self->password = read_word (folder, "password", error);
  if (self->password == NULL)
    return NULL;
  token = read_word (folder, "phone.token", error);
  if (token == NULL)
    return NULL;
  self->staff.phones = lf_demo_phones_new (server, token, self->clock, self->random, error);
  if (self->staff.phones == NULL)
    return NULL;
  self->roster = lf_demo_roster_new (server, self->clock, error);
  if (self->roster == NULL)
    return NULL;
  hire (self, calendars);
  return g_steal_pointer (&self);
}

/**
 * lf_demo_office_open:
 * @self: the office
 *
 * Lets everybody sign in; "opened" or "failed" tells when that is done.
 */
void
lf_demo_office_open (LfDemoOffice *self)
{
  g_return_if_fail (LF_IS_DEMO_OFFICE (self) && !self->has_begun);

  self->has_begun = TRUE;
  self->deadline_us = lf_clock_get_mono_us (self->clock) + OPEN_DEADLINE_US;
  lf_demo_phones_start (self->staff.phones);
  sign_in_more (self);
  self->timer = g_timeout_add (OPEN_CHECK_MS, on_open_check, self);
}

/**
 * lf_demo_office_close:
 * @self: the office
 *
 * Ends the day: nothing happens any more.
 */
void
lf_demo_office_close (LfDemoOffice *self)
{
  g_return_if_fail (LF_IS_DEMO_OFFICE (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->staff.phones != NULL)
    lf_demo_phones_stop (self->staff.phones);
}
