/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-fuzz"

#include "config.h"

#include <string.h>

#include "lf-dav-multistatus.h"
#include "lf-ews.h"
#include "lf-fuzz.h"
#include "lf-oauth-service.h"

/* Documents of servers with calendars: each goes to the readers of CalDAV's, Exchange's, Microsoft's and Google's. */

#define DAY_US (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

static void
check_multistatus (const LfDavMultistatus *all)
{
  for (guint i = 0; i < all->responses->len; i++)
    {
      const LfDavResponse *response = g_ptr_array_index (all->responses, i);

      g_assert_nonnull (response->href);
      g_assert_cmpuint (strlen (response->href), <=, LF_DAV_MAX_CHARS);
      g_assert_true (g_utf8_validate (response->href, -1, NULL));
    }
}

static void
check_answers (GPtrArray *answers, guint n_mails)
{
  g_assert_cmpuint (answers->len, ==, n_mails);
  for (guint i = 0; i < answers->len; i++)
    {
      const LfFreeBusyAnswer *answer = g_ptr_array_index (answers, i);
      gsize                   n_periods = 0;

      g_assert_true ((answer->result != NULL) != (answer->error != NULL));
      if (answer->result == NULL)
        continue;
      lf_busy_list_get (answer->result->periods, &n_periods);
      g_assert_cmpuint (n_periods, <=, LF_BUSY_MAX_PERIODS);
      g_assert_cmpint (answer->result->known_from_us, <=, answer->result->known_until_us);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const char *const        mails[] = { "a@example.org", "b@example.org", NULL };
  static const LfOauthKind *const kinds[] = { &lf_graph_kind, &lf_google_kind };
  g_autoptr (GBytes)              document = g_bytes_new_static (data, size);
  g_autoptr (LfDavMultistatus)    all = lf_dav_multistatus_parse (document, NULL);
  g_autoptr (GPtrArray)           answers = NULL;
  guint                           back_off_s = 0;

  if (all != NULL)
    check_multistatus (all);
  answers = lf_ews_read_answer (document, mails, 20000 * DAY_US, 20016 * DAY_US, &back_off_s, NULL);
  if (answers != NULL)
    check_answers (answers, 2);
  g_assert_cmpuint (back_off_s, <=, 3600);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GPtrArray) told = kinds[i]->read_answer (document, mails, 20000 * DAY_US, 20016 * DAY_US, NULL);

      if (told != NULL)
        check_answers (told, 2);
      if (kinds[i]->is_throttled != NULL)
        kinds[i]->is_throttled (document);
    }
  return 0;
}
