/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include <errno.h>
#include <string.h>

#include "lf-cdr-asterisk.h"
#include "lf-cdr-file.h"
#include "lf-cdr-kamailio.h"
#include "lf-cdr-reader.h"
#include "lf-dialog-info.h"

#define STATE_NAME    "call-records"
#define SAVE_AFTER_US LF_SECOND
#define N_ANSWERED    64 /* calls that are remembered: records of one call stand together */
#define TELL_EVERY    1000

struct _LfCdrReader
{
  GObject parent_instance;

  const LfPhoneConfig *config;   /* borrowed: outlives the reader */
  LfCallReporter      *reporter; /* owned, nullable once stopped */
  LfClock             *clock;    /* owned */
  LfCdrFile           *file;     /* owned */
  LfCdrPlaces         *places;   /* owned, nullable once stopped */
  LfAcc               *acc;      /* owned, nullable */
  GHashTable          *lines;    /* owned, nullable: extension → id of a line */
  GCancellable        *saving;   /* owned, nullable: the position is being written */
  char                *path;     /* where the position is kept */
  LfCdrPosition        read;     /* up to there */
  LfCdrPosition        saved;
  guint                save_call; /* of the clock */
  guint                n_waiting; /* reports that the server has not taken */
  guint                n_bad;
  gboolean             is_told;              /* that the position cannot be kept */
  char                *answered[N_ANSWERED]; /* owned: names of calls, one after the other */
  guint                n_answered;
};

G_DEFINE_FINAL_TYPE (LfCdrReader, lf_cdr_reader, G_TYPE_OBJECT)

enum
{
  HEALTH,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* A report that the server has not taken yet. */
typedef struct
{
  LfCdrReader *reader; /* owned */
  LfCdrPlace  *place;  /* owned */
} Waiting;

static const LfCdrPosition *
get_position (LfCdrReader *self)
{
  const LfCdrPosition *first = lf_cdr_places_get_first (self->places);

  return first != NULL ? first : &self->read;
}

static gboolean
is_saved (LfCdrReader *self)
{
  const LfCdrPosition *position = get_position (self);

  return position->inode == self->saved.inode && position->offset == self->saved.offset;
}

static void save_soon (LfCdrReader *self);

static void
take_save_error (LfCdrReader *self, const GError *error)
{
  if (error != NULL && !self->is_told)
    g_warning ("How far the call records were read cannot be kept in “%s”: %s. After a restart some are told once more, or not.", self->path, error->message);
  self->is_told = error != NULL;
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LfCdrReader) self = user_data;
  g_autoptr (GError)      error = NULL;

  g_file_replace_contents_finish (G_FILE (source), result, NULL, &error);
  if (self->places == NULL)
    return;
  g_clear_object (&self->saving);
  take_save_error (self, error);
  save_soon (self);
}

static gboolean
on_time_to_save (gpointer user_data)
{
  LfCdrReader       *self = user_data;
  g_autoptr (GFile)  file = g_file_new_for_path (self->path);
  g_autoptr (GBytes) bytes = NULL;

  self->save_call = 0;
  self->saved = *get_position (self);
  self->saving = g_cancellable_new ();
  bytes = lf_cdr_position_save (self->config->cdr_file, &self->saved);
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_PRIVATE, self->saving, on_saved, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
save_soon (LfCdrReader *self)
{
  if (self->save_call == 0 && self->saving == NULL && !is_saved (self))
    self->save_call = lf_clock_call_after (self->clock, SAVE_AFTER_US, on_time_to_save, self);
}

static void
on_place_done (gpointer user_data)
{
  save_soon (user_data);
}

static void
on_settled (gpointer user_data)
{
  Waiting     *waiting = user_data;
  LfCdrReader *self = waiting->reader;

  self->n_waiting--;
  if (self->places != NULL && self->n_waiting <= LF_CDR_READER_MAX / 2)
    lf_cdr_file_hold (self->file, FALSE);
  lf_cdr_place_unref (waiting->place);
  g_free (waiting);
  g_object_unref (self);
}

static void
offer (LfCdrReader *self, const char *line, LfWireCallReport *report, LfCdrPlace *place)
{
  g_autofree char *peer = lf_phone_config_make_peer (self->config, report->peer);
  Waiting         *waiting = g_new0 (Waiting, 1);

  report->peer = peer;
  waiting->reader = g_object_ref (self);
  waiting->place = lf_cdr_place_ref (place);
  self->n_waiting++;
  if (self->n_waiting >= LF_CDR_READER_MAX)
    lf_cdr_file_hold (self->file, TRUE);
  lf_call_reporter_offer_kept (self->reporter, line, report, on_settled, waiting);
}

static const char *
find_line (LfCdrReader *self, const char *extension)
{
  return extension != NULL ? g_hash_table_lookup (self->lines, extension) : NULL;
}

/* Asterisk has a record for each telephone that rang. One that did not answer does not make the call unanswered. */
static gboolean
is_answered_elsewhere (LfCdrReader *self, const LfCdr *cdr)
{
  for (guint i = 0; i < N_ANSWERED && cdr->answered_us == LF_INSTANT_NONE; i++)
    if (g_strcmp0 (self->answered[i], cdr->call_id) == 0)
      return TRUE;
  if (cdr->answered_us != LF_INSTANT_NONE)
    {
      g_free (self->answered[self->n_answered]);
      self->answered[self->n_answered] = g_strdup (cdr->call_id);
      self->n_answered = (self->n_answered + 1) % N_ANSWERED;
    }
  return FALSE;
}

/* One record is a call of up to two lines. */
static void
take_record (const LfCdr *cdr, LfCdrPlace *place, gpointer user_data)
{
  LfCdrReader     *self = user_data;
  const char      *caller = find_line (self, cdr->caller_line);
  const char      *callee = find_line (self, cdr->callee_line);
  LfWireCallReport placed = {
    .call_id = cdr->call_id,
    .direction = LF_CALL_OUTGOING,
    .peer = cdr->callee,
    .started_at_us = cdr->started_us,
    .answered_at_us = cdr->answered_us,
    .ended_at_us = cdr->ended_us,
  };
  LfWireCallReport received = placed;

  received.direction = LF_CALL_INCOMING;
  received.peer = cdr->caller;
  received.peer_name = cdr->caller_name;
  if (!cdr->is_taken)
    received.answered_at_us = LF_INSTANT_NONE;
  if (caller != NULL && !is_answered_elsewhere (self, cdr))
    offer (self, caller, &placed, place);
  if (callee != NULL && g_strcmp0 (caller, callee) != 0)
    offer (self, callee, &received, place);
}

/* What the connector itself calls, from its own account, is no call of anybody's. It has told of what it had Asterisk
 * call; of that only the talk is news, for without one it may have been that the own telephone was not picked up. */
static const char *
take_asterisk (LfCdrReader *self, const char *line, LfCdrPlace *place)
{
  g_auto (LfCdr) cdr = { 0 };
  const char    *fault = lf_cdr_asterisk_parse (line, self->config->cdr_zone, &cdr);

  if (fault == NULL && g_str_has_prefix (cdr.call_id, LF_OWN_CALL_ID_PREFIX) && cdr.answered_us == LF_INSTANT_NONE)
    g_clear_pointer (&cdr.caller_line, g_free);
  if (fault == NULL && g_strcmp0 (cdr.caller_line, self->config->user) != 0)
    take_record (&cdr, place, self);
  return fault;
}

static void
on_line (gpointer user_data, const char *line, const LfCdrPosition *at)
{
  LfCdrReader           *self = user_data;
  g_autoptr (LfCdrPlace) place = lf_cdr_places_add (self->places, at);
  const char            *fault = self->acc != NULL ? lf_acc_take (self->acc, line, place) : take_asterisk (self, line, place);

  if (fault != NULL && self->n_bad++ % TELL_EVERY == 0)
    g_warning ("A call record in “%s” cannot be read: %s. There are %u of them by now.", self->config->cdr_file, fault, self->n_bad);
}

static void
on_read (gpointer user_data, const LfCdrPosition *at)
{
  LfCdrReader *self = user_data;

  self->read = *at;
  save_soon (self);
}

static void
on_emptied (gpointer user_data, guint64 inode)
{
  LfCdrReader *self = user_data;

  lf_cdr_places_rewind (self->places, inode);
}

static void
on_state (gpointer user_data, const GError *error)
{
  LfCdrReader *self = user_data;

  if (error != NULL)
    g_warning ("The call records of the PBX in “%s” cannot be read: %s. They are read once they can be; may the connector's account read the file and its folder?",
               self->config->cdr_file, error->message);
  else
    g_message ("The call records of the PBX are read from “%s”.", self->config->cdr_file);
  g_signal_emit (self, signals[HEALTH], 0, error == NULL);
}

static const LfCdrFileFuncs file_funcs = { on_line, on_read, on_emptied, on_state };

static void
lf_cdr_reader_dispose (GObject *object)
{
  lf_cdr_reader_stop (LF_CDR_READER (object));
  G_OBJECT_CLASS (lf_cdr_reader_parent_class)->dispose (object);
}

static void
lf_cdr_reader_finalize (GObject *object)
{
  LfCdrReader *self = LF_CDR_READER (object);

  for (guint i = 0; i < N_ANSWERED; i++)
    g_free (self->answered[i]);
  g_clear_pointer (&self->lines, g_hash_table_unref);
  g_clear_object (&self->saving);
  g_object_unref (self->file);
  g_object_unref (self->clock);
  g_free (self->path);
  G_OBJECT_CLASS (lf_cdr_reader_parent_class)->finalize (object);
}

static void
lf_cdr_reader_class_init (LfCdrReaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lf_cdr_reader_dispose;
  object_class->finalize = lf_cdr_reader_finalize;

  /**
   * LfCdrReader::health:
   * @self: the reader
   * @is_good: whether the file can be read
   *
   * Told when it changes. Before it is first told nothing is wrong.
   */
  signals[HEALTH] = g_signal_new ("health", LF_TYPE_CDR_READER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

static void
lf_cdr_reader_init (LfCdrReader *self)
{
}

/* systemd names the folder; without it there is one of the user. */
static char *
make_path (LfCdrReader *self)
{
  const char      *folders = g_getenv ("STATE_DIRECTORY");
  g_autofree char *folder = folders != NULL && *folders != '\0' ? g_strndup (folders, strcspn (folders, ":"))
                                                                : g_build_filename (g_get_user_state_dir (), "lampfield-phone", NULL);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    g_warning ("The folder “%s”, for how far the call records were read, cannot be made: %s.", folder, g_strerror (errno));
  return g_build_filename (folder, STATE_NAME, NULL);
}

/**
 * lf_cdr_reader_new:
 * @config: names the file; outlives the reader
 * @reporter: tells the server
 * @clock: for pauses
 *
 * Returns: (transfer full): a reader that waits for lf_cdr_reader_set_lines()
 */
LfCdrReader *
lf_cdr_reader_new (const LfPhoneConfig *config, LfCallReporter *reporter, LfClock *clock)
{
  LfCdrReader *self = g_object_new (LF_TYPE_CDR_READER, NULL);
  gboolean     is_known;

  self->config = config;
  self->reporter = g_object_ref (reporter);
  self->clock = g_object_ref (clock);
  self->places = lf_cdr_places_new (on_place_done, self);
  if (config->cdr_format == LF_CDR_KAMAILIO)
    self->acc = lf_acc_new (config, take_record, self);
  self->path = make_path (self);
  is_known = lf_cdr_position_load (self->path, config->cdr_file, &self->saved);
  self->read = self->saved;
  self->file = lf_cdr_file_new (config->cdr_file, is_known ? &self->saved : NULL, &file_funcs, self);
  return self;
}

/**
 * lf_cdr_reader_set_lines:
 * @self: the reader
 * @lines: (element-type utf8 utf8): extension → id of its line; neither is changed any more
 *
 * Calls of these lines are told from now on. With the first of them reading begins.
 */
void
lf_cdr_reader_set_lines (LfCdrReader *self, GHashTable *lines)
{
  g_return_if_fail (LF_IS_CDR_READER (self) && lines != NULL);

  g_hash_table_ref (lines);
  g_clear_pointer (&self->lines, g_hash_table_unref);
  self->lines = lines;
  lf_cdr_file_start (self->file);
}

/**
 * lf_cdr_reader_stop:
 * @self: the reader
 *
 * Reads no more, and keeps how far it came. What is settled later is not counted.
 */
void
lf_cdr_reader_stop (LfCdrReader *self)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (LF_IS_CDR_READER (self));

  if (self->places == NULL)
    return;
  lf_cdr_file_stop (self->file);
  lf_clock_cancel (self->clock, &self->save_call);
  if (self->saving != NULL)
    g_cancellable_cancel (self->saving);
  if (get_position (self)->inode != 0 && (self->saving != NULL || !is_saved (self)))
    {
      bytes = lf_cdr_position_save (self->config->cdr_file, get_position (self));
      g_file_set_contents_full (self->path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
      take_save_error (self, error);
    }
  g_clear_pointer (&self->places, lf_cdr_places_free);
  g_clear_pointer (&self->acc, lf_acc_free);
  g_clear_object (&self->reporter); /* which holds the reader by what waits */
}
