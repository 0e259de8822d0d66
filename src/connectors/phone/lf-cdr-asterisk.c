/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lf-cdr-asterisk.h"

/* A line of Master.csv, as cdr_csv writes it: texts in quotation marks, which are doubled inside; numbers without:
 *
 *   "","2041","2042","internal","""Ada"" <2041>","PJSIP/2041-0000001a","PJSIP/2042-0000001b","Dial","PJSIP/2042,30",
 *   "2026-03-02 09:15:00","2026-03-02 09:15:06","2026-03-02 09:16:06",66,60,"ANSWERED","DOCUMENTATION","1772442900.26",""
 */
enum
{
  ACCOUNT_CODE,
  SRC,
  DST,
  D_CONTEXT,
  CLID,
  CHANNEL,
  DST_CHANNEL,
  LAST_APP,
  LAST_DATA,
  START,
  ANSWER,
  END,
  DURATION,
  BILL_SEC,
  DISPOSITION,
  AMA_FLAGS,
  UNIQUE_ID,
  N_NEEDED
};

#define MAX_DURATION_S (30 * 24 * 3600)

static const char *const unanswered[] = { "NO ANSWER", "BUSY", "FAILED", "CONGESTION", NULL };

/* One column, and the place behind its comma; NULL behind the last. FALSE when quotation marks do not match. */
static gboolean
read_column (const char **at, char **text)
{
  GString    *column = g_string_new (NULL);
  const char *c = *at;
  gboolean    is_quoted = *c == '"';
  gboolean    is_good = TRUE;

  if (is_quoted)
    c++;
  for (; *c != '\0' && (is_quoted || *c != ','); c++)
    {
      if (*c == '"' && !(is_quoted && c[1] == '"'))
        break;
      c += *c == '"'; /* the second of two */
      g_string_append_c (column, *c);
    }
  if (is_quoted)
    is_good = *c++ == '"';
  is_good = is_good && (*c == ',' || *c == '\0');
  *text = g_string_free (column, FALSE);
  *at = is_good && *c == ',' ? c + 1 : NULL;
  return is_good;
}

/* Whatever a later version of Asterisk has behind the columns that are needed is left. */
static gboolean
split (const char *line, char *columns[N_NEEDED], guint *n_columns)
{
  const char *at = line;

  for (*n_columns = 0; at != NULL && *n_columns < N_NEEDED; (*n_columns)++)
    if (!read_column (&at, &columns[*n_columns]))
      {
        (*n_columns)++;
        return FALSE;
      }
  return TRUE;
}

/* "2026-03-02 09:15:00" */
static gint64
read_time (const char *text, GTimeZone *zone)
{
  g_autoptr (GDateTime) time = NULL;
  int                   part[6];
  int                   length = 0;

  if (sscanf (text, "%4d-%2d-%2d %2d:%2d:%2d%n", &part[0], &part[1], &part[2], &part[3], &part[4], &part[5], &length) != 6 || text[length] != '\0')
    return LF_INSTANT_NONE;
  time = g_date_time_new (zone, part[0], part[1], part[2], part[3], part[4], part[5]);
  return time != NULL ? g_date_time_to_unix (time) * LF_SECOND : LF_INSTANT_NONE;
}

/* Lengths are taken from the columns that count them: no change to summer time is in those. */
static const char *
read_times (char *columns[N_NEEDED], GTimeZone *zone, LfCdr *cdr)
{
  gint64 duration_s, bill_s;

  cdr->started_us = read_time (columns[START], zone);
  if (cdr->started_us == LF_INSTANT_NONE)
    return "its start is no time";
  if (!g_ascii_string_to_signed (columns[DURATION], 10, 0, MAX_DURATION_S, &duration_s, NULL) ||
      !g_ascii_string_to_signed (columns[BILL_SEC], 10, 0, duration_s, &bill_s, NULL))
    return "its lengths are no numbers of seconds";
  cdr->ended_us = cdr->started_us + duration_s * LF_SECOND;
  cdr->answered_us = LF_INSTANT_NONE;
  if (g_str_equal (columns[DISPOSITION], "ANSWERED"))
    cdr->answered_us = cdr->ended_us - bill_s * LF_SECOND;
  else if (!g_strv_contains (unanswered, columns[DISPOSITION]))
    return "its disposition is none";
  return NULL;
}

/* "PJSIP/2041-0000001a": 2041. What is "Local" is a way through the dial plan, and no telephone. */
static char *
dup_extension (const char *channel)
{
  const char *name = strchr (channel, '/');
  const char *end = strrchr (channel, '-');

  if (name == NULL || end == NULL || end <= name + 1 || g_str_has_prefix (channel, "Local/"))
    return NULL;
  return g_strndup (name + 1, (gsize) (end - name - 1));
}

/* What stands for a number, unless it is withheld or a place in the dial plan. */
static char *
dup_number (const char *text)
{
  if (strpbrk (text, "0123456789") == NULL || strspn (text, "0123456789+*#") != strlen (text))
    return NULL;
  return g_strdup (text);
}

/* "Ada" <2041> */
static char *
dup_name (const char *clid, const char *number)
{
  const char      *end = strrchr (clid, '<');
  g_autofree char *name = g_strndup (clid, end != NULL ? (gsize) (end - clid) : 0);
  gsize            length;

  g_strstrip (name);
  length = strlen (name);
  if (length >= 2 && name[0] == '"' && name[length - 1] == '"')
    {
      name[length - 1] = '\0';
      memmove (name, name + 1, length - 1);
    }
  return *name != '\0' && !g_str_equal (name, number) ? g_steal_pointer (&name) : NULL;
}

static void
read_parties (char *columns[N_NEEDED], LfCdr *cdr)
{
  gboolean is_mailbox = g_str_equal (columns[LAST_APP], "VoiceMail");
  gboolean is_answered = cdr->answered_us != LF_INSTANT_NONE;

  cdr->call_id = g_strdup (columns[UNIQUE_ID]);
  cdr->caller_line = dup_extension (columns[CHANNEL]);
  cdr->callee_line = dup_extension (columns[DST_CHANNEL]);
  cdr->is_taken = is_answered && !is_mailbox && *columns[DST_CHANNEL] != '\0';
  if (*columns[DST_CHANNEL] == '\0' && (is_mailbox || !is_answered)) /* the telephone was not connected, or busy */
    cdr->callee_line = g_strdup (columns[DST]);
  cdr->caller = dup_number (columns[SRC]);
  cdr->caller_name = dup_name (columns[CLID], columns[SRC]);
  cdr->callee = dup_number (columns[DST]);
  if (cdr->callee == NULL && cdr->callee_line != NULL)
    cdr->callee = dup_number (cdr->callee_line);
}

/**
 * lf_cdr_asterisk_parse:
 * @line: a line of Master.csv without its end, UTF-8
 * @zone: in which Asterisk writes times
 * @cdr: (out caller-allocates): where to put what it says; untouched if it cannot be read
 *
 * Reads a record as the module cdr_csv of Asterisk writes it, with `loguniqueid=yes`.
 *
 * Returns: (nullable): what is wrong with the line, %NULL if it was read
 */
const char *
lf_cdr_asterisk_parse (const char *line, GTimeZone *zone, LfCdr *cdr)
{
  char          *columns[N_NEEDED] = { NULL };
  guint          n_columns;
  g_auto (LfCdr) read = { 0 };
  const char    *fault = NULL;

  if (!split (line, columns, &n_columns))
    fault = "its quotation marks do not match";
  else if (n_columns < N_NEEDED || *columns[UNIQUE_ID] == '\0')
    fault = "it has no unique ID; set loguniqueid=yes in cdr.conf";
  else
    fault = read_times (columns, zone, &read);
  if (fault == NULL)
    {
      read_parties (columns, &read);
      *cdr = read;
      read = (LfCdr){ 0 };
    }
  for (guint i = 0; i < n_columns; i++)
    g_free (columns[i]);
  return fault;
}
