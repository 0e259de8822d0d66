/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-admin"

#include "config.h"

#include "lf-admin-order.h"
#include "lf-explain.h"
#include "lf-store.h"

/**
 * lf_admin_explain:
 * @db: the connection
 * @outcome: of the order; what is stored is left in it
 * @error: return location
 *
 * The stored part of an explanation. What is in memory is added by who holds it.
 *
 * Returns: %FALSE with a message for the administrator
 */
gboolean
lf_admin_explain (LfDb *db, LfAdminOutcome *outcome, GError **error)
{
  if (outcome->order->login == NULL)
    {
      g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST, "The order names nobody.");
      return FALSE;
    }
  outcome->explain = lf_explain_job_new (outcome->order->login, outcome->now_us);
  return lf_explain_job_run (db, outcome->explain, error);
}

/**
 * lf_admin_tell_connectors:
 * @outcome: of the order to list connectors
 * @hub: (nullable): what is in memory; %NULL where no server runs
 *
 * Says how each connector is.
 */
void
lf_admin_tell_connectors (LfAdminOutcome *outcome, LfHub *hub)
{
  for (guint i = 0; i < outcome->connectors->len; i++)
    {
      const LfTokenRow        *token = outcome->connectors->pdata[i];
      g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
      g_auto (GStrv)           texts = NULL;

      if (hub != NULL)
        lf_hub_describe_connector (hub, token->id, builder);
      else
        g_strv_builder_add (builder, "no server runs");
      texts = g_strv_builder_end (builder);
      lf_admin_say (outcome, "%s\t%s\t%s", token->name, token->kind, texts[0]);
      for (guint j = 1; texts[j] != NULL; j++)
        lf_admin_say (outcome, "%s", texts[j]);
    }
}

/* As it would be found by a server that has just started: lines and devices are not known yet. */
#define EPOCH_OF_A_RESTART 2

static gboolean
run_read_state (LfDb *db, gpointer data, GError **error)
{
  LfStoreState **state = data;

  *state = lf_store_presence_read (db, g_get_real_time (), error);
  if (*state != NULL)
    (*state)->epoch = EPOCH_OF_A_RESTART;
  return *state != NULL;
}

/**
 * lf_admin_explain_stored:
 * @store: the store, held by this process
 * @outcome: of lf_admin_explain()
 * @error: return location
 *
 * Completes an explanation where no server runs.
 *
 * Returns: %FALSE when the database failed
 */
gboolean
lf_admin_explain_stored (LfStore *store, LfAdminOutcome *outcome, GError **error)
{
  g_autoptr (LfStoreState) state = NULL;
  g_autoptr (LfClock)      clock = lf_clock_new_manual (outcome->now_us);
  g_autoptr (LfConfig)     config = lf_config_new ();
  g_autoptr (LfHub)        hub = lf_hub_new (clock, config);

  if (!lf_store_run_sync (store, run_read_state, &state, error))
    return FALSE;
  lf_hub_load (hub, state);
  outcome->reply->explanation = lf_explain_make (outcome->explain, hub, FALSE);
  return TRUE;
}
