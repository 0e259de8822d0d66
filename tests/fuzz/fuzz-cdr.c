/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-fuzz"

#include "config.h"

#include <string.h>

#include "lf-cdr-asterisk.h"
#include "lf-cdr-kamailio.h"
#include "lf-fuzz.h"

/* Lines of a file of call records: each goes to the reader of either format, as far as it is UTF-8. */

static void
check_record (const LfCdr *cdr)
{
  g_assert_true (cdr->call_id != NULL && *cdr->call_id != '\0');
  g_assert_cmpint (cdr->started_us, >, LF_INSTANT_NONE);
  g_assert_true (cdr->answered_us == LF_INSTANT_NONE || cdr->answered_us >= cdr->started_us);
  g_assert_true (cdr->ended_us == LF_INSTANT_NONE || (cdr->ended_us >= cdr->started_us && cdr->ended_us >= cdr->answered_us));
  g_assert_true (cdr->answered_us != LF_INSTANT_NONE || !cdr->is_taken);
}

static void
on_call (const LfCdr *cdr, LfCdrPlace *place, gpointer user_data)
{
  check_record (cdr);
}

static void
on_place_done (gpointer user_data)
{
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const LfPhoneConfig config = { .domain = (char *) "pbx.example", .host = (char *) "192.0.2.1" };
  g_autoptr (GTimeZone)      zone = g_time_zone_new_utc ();
  g_autoptr (LfAcc)          acc = lf_acc_new (&config, on_call, NULL);
  LfCdrPlaces               *places = lf_cdr_places_new (on_place_done, NULL);
  const char                *at = (const char *) data;
  const char                *end = at + size;

  while (at < end)
    {
      const char      *stop = memchr (at, '\n', (gsize) (end - at));
      gsize            length = (gsize) ((stop != NULL ? stop : end) - at);
      g_autofree char *line = g_utf8_validate (at, (gssize) length, NULL) ? g_strndup (at, length) : NULL;

      if (line != NULL)
        {
          g_autoptr (LfCdrPlace) place = lf_cdr_places_add (places, &(const LfCdrPosition){ 1, at - (const char *) data });
          g_auto (LfCdr)         cdr = { 0 };

          lf_acc_take (acc, line, place);
          if (lf_cdr_asterisk_parse (line, zone, &cdr) == NULL)
            check_record (&cdr);
        }
      at += length + 1;
    }
  g_assert_cmpuint (lf_acc_get_n_calls (acc), <=, LF_ACC_MAX_CALLS);
  lf_cdr_places_free (places);
  return 0;
}
