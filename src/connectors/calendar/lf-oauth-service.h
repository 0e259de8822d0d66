/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-calendar-config.h"
#include "lf-calendar-http.h"
#include "lf-free-busy-service.h"

G_BEGIN_DECLS

/**
 * LfOauthKind:
 * @max_people: of one question
 * @dup_token_url: where tokens are given
 * @dup_form: what to send there; or %NULL with an error
 * @dup_url: where to ask for these people
 * @write_question: the JSON to send there
 * @prefer: (nullable): value of the header Prefer
 * @read_answer: the answers in the JSON that came
 * @is_throttled: (nullable): a 403 that means "less often"
 *
 * What differs between services that are asked in JSON with a token of OAuth 2.
 */
typedef struct
{
  guint max_people;
  char *(*dup_token_url) (const LfCalendarSourceConfig *config);
  char *(*dup_form) (const LfCalendarSourceConfig *config, gint64 now_us, GError **error);
  char *(*dup_url) (const LfCalendarSourceConfig *config, const char *const *mails);
  GBytes *(*write_question) (const char *const *mails, gint64 from_us, gint64 to_us);
  const char *prefer;
  GPtrArray *(*read_answer) (GBytes *document, const char *const *mails, gint64 from_us, gint64 to_us, GError **error);
  gboolean (*is_throttled) (GBytes *document);
} LfOauthKind;

#define LF_TYPE_OAUTH_SERVICE (lf_oauth_service_get_type ())

/**
 * LfOauthService:
 *
 * A service that is asked with a token: gets one, keeps it until a minute before its end, and gets
 * another once if it is refused.
 */
G_DECLARE_FINAL_TYPE (LfOauthService, lf_oauth_service, LF, OAUTH_SERVICE, GObject)

extern const LfOauthKind lf_graph_kind;
extern const LfOauthKind lf_google_kind;

LfFreeBusyService *lf_oauth_service_new (const LfCalendarSourceConfig *config, const LfOauthKind *kind);

G_END_DECLS
