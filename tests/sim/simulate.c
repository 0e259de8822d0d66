/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lf-sim-plan.h"
#include "lf-sim-scenes.h"

#define DEFAULT_STEPS 100

/* libsoup 3.2 never frees the timer of a WebSocket whose close was not answered, and that is what happens
 * here all the time. What is the product's own is counted by the devices. */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "detect_leaks=0";
}

static LfSimWorld *world; /* nullable; for the log, which has no other way to it */

/* What the product says is part of the trace; what a person should act on must not happen. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const char *domain = "";
  const char *message = "";

  if (world == NULL)
    return g_log_writer_default (level, fields, n_fields, user_data);
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0)
      message = fields[i].value;
    else if (strcmp (fields[i].key, "GLIB_DOMAIN") == 0)
      domain = fields[i].value;
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) != 0)
    lf_sim_world_fail (world, "%s: %s", domain, message);
  if (g_str_has_prefix (domain, "lf-"))
    lf_sim_trace_add (world->trace, "log %s: %s", domain, message);
  return G_LOG_WRITER_HANDLED;
}

int
main (int argc, char **argv)
{
  gint64             seed = g_random_int_range (1, G_MAXINT32);
  int                n_steps = DEFAULT_STEPS;
  gboolean           is_traced = FALSE;
  g_autofree char   *name = NULL;
  const LfSimScene  *scene = NULL;
  const GOptionEntry options[] = {
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "what everything is drawn from", "NUMBER" },
    { "steps", 0, 0, G_OPTION_ARG_INT, &n_steps, "how much happens", "NUMBER" },
    { "scene", 0, 0, G_OPTION_ARG_STRING, &name, "play this, instead of what is drawn", "NAME" },
    { "trace", 0, 0, G_OPTION_ARG_NONE, &is_traced, "print everything that happens", NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- simulates an office in virtual time");
  g_autoptr (GError)         error = NULL;
  LfSimOffice               *office;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || n_steps < 0 || seed < 0 || seed > G_MAXUINT32)
    {
      fprintf (stderr, "%s\n", error != NULL ? error->message : "These numbers cannot be.");
      return 2;
    }
  if (name != NULL && (scene = lf_sim_scene_find (name)) == NULL)
    {
      fprintf (stderr, "There is no scene “%s”.\n", name);
      return 2;
    }
  printf ("seed %" G_GINT64_FORMAT "\n", seed);
  fflush (stdout);
  world = lf_sim_world_new ((guint32) seed, is_traced);
  g_log_set_writer_func (write_log, NULL, NULL);
  office = lf_sim_office_new (world);
  if (scene != NULL)
    scene->run (office);
  else
    lf_sim_plan_run (office, (guint) n_steps);
  lf_sim_office_free (office);
  printf ("seed %" G_GINT64_FORMAT ": %d steps, %" G_GINT64_FORMAT " s, %" G_GUINT64_FORMAT " turns, trace %016" G_GINT64_MODIFIER "x\n",
          seed, n_steps, lf_sim_clock_get_us () / G_USEC_PER_SEC, world->n_turns, lf_sim_trace_get_hash (world->trace));
  lf_sim_world_free (g_steal_pointer (&world));
  return 0;
}
