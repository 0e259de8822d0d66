/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include "lf-client.h"

/* For both clients without a server: what is set is settled. */

void
lf_client_settle_async (LfClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

gboolean
lf_client_settle_finish (LfClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
lf_client_set_is_on_the_phone (LfClient *self,
                               gboolean  is_on_the_phone)
{
}
