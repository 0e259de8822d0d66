/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-ical-reader.h"

G_BEGIN_DECLS

/**
 * LfFreeBusyAnswer:
 * @mail: whose
 * @result: (nullable): how that person is busy
 * @error: (nullable): why it is not known; one of the two is set
 *
 * What a service says of one person.
 */
typedef struct
{
  char         *mail;
  LfIcalResult *result;
  GError       *error;
} LfFreeBusyAnswer;

#define LF_TYPE_FREE_BUSY_SERVICE (lf_free_busy_service_get_type ())

/**
 * LfFreeBusyService:
 *
 * Something that can be asked how many people are busy, by their mail addresses.
 */
G_DECLARE_INTERFACE (LfFreeBusyService, lf_free_busy_service, LF, FREE_BUSY_SERVICE, GObject)

struct _LfFreeBusyServiceInterface
{
  GTypeInterface parent_interface;

  guint (*get_max_people) (LfFreeBusyService *self);
  void (*query_async) (LfFreeBusyService *self, const char *const *mails, gint64 from_us, gint64 to_us, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  GPtrArray *(*query_finish) (LfFreeBusyService *self, GAsyncResult *result, guint *retry_after_s, GError **error);
};

guint      lf_free_busy_service_get_max_people (LfFreeBusyService *self);
void       lf_free_busy_service_query_async (LfFreeBusyService *self, const char *const *mails, gint64 from_us, gint64 to_us, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *lf_free_busy_service_query_finish (LfFreeBusyService *self, GAsyncResult *result, guint *retry_after_s, GError **error);

/* What services make their answers of. */
GPtrArray *lf_free_busy_answers_new (void);
void       lf_free_busy_answers_add (GPtrArray *answers, const char *mail, const GArray *periods, GError *error, gint64 from_us, gint64 to_us);
void       lf_free_busy_answers_add_missing (GPtrArray *answers, GHashTable *left);
gboolean   lf_free_busy_append (GArray *periods, const char *start, const char *end, LfBusyType type);

/* Whom a service has not told of yet. */
GHashTable *lf_free_busy_set_new (const char *const *mails);
gboolean    lf_free_busy_set_take (GHashTable *self, const char *mail);

G_END_DECLS
