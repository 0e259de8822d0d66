/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-admin"

#include "config.h"

#include "lf-explain.h"

/* An explanation as the command line shows it. Names of values are those of the wire, so that they
 * can be searched for. */

static char *
format_span (gint64 span_us)
{
  gint64 seconds = span_us / LF_SECOND;

  if (seconds < 120)
    return g_strdup_printf ("%" G_GINT64_FORMAT " s", seconds);
  if (seconds < 2 * 3600)
    return g_strdup_printf ("%" G_GINT64_FORMAT " min", seconds / 60);
  if (seconds < 48 * 3600)
    return g_strdup_printf ("%" G_GINT64_FORMAT " h %" G_GINT64_FORMAT " min", seconds / 3600, seconds / 60 % 60);
  return g_strdup_printf ("%" G_GINT64_FORMAT " days", seconds / (24 * 3600));
}

static void
append_instant (GString *out, const char *words, gint64 at_us, gint64 now_us)
{
  g_autofree char *span = format_span (ABS (at_us - now_us));
  char             text[LF_INSTANT_MAX_CHARS];

  lf_instant_format (at_us, text);
  if (at_us == now_us)
    g_string_append_printf (out, "%s%s", words, text);
  else
    g_string_append_printf (out, "%s%s (%s%s%s)", words, text, at_us > now_us ? "in " : "", span, at_us > now_us ? "" : " ago");
}

static void
append_list (GString *out, const char *words, const char *const *list)
{
  g_autofree char *joined = NULL;

  if (list == NULL || list[0] == NULL)
    return;
  joined = g_strjoinv (", ", (GStrv) list);
  g_string_append_printf (out, "%s%s", words, joined);
}

static void
append_verdict (GString *out, const char *words, const LfWireVerdict *verdict, gint64 now_us)
{
  append_instant (out, words, verdict->at_us, now_us);
  g_string_append_printf (out, ": %s, by %s", lf_display_status_to_name (verdict->status), lf_kind_to_name (verdict->kind));
  if (verdict->since_us != LF_INSTANT_NONE)
    append_instant (out, ", since ", verdict->since_us, now_us);
  if (verdict->until_us != LF_INSTANT_NONE)
    append_instant (out, ", until ", verdict->until_us, now_us);
  append_list (out, "; stale: ", (const char *const *) verdict->stale);
  g_string_append_c (out, '\n');
}

static void
append_claim (GString *out, const LfWireClaim *claim, gint64 now_us)
{
  g_string_append_printf (out, "  %c %s  %s%s%s\n", claim->decides ? '*' : '-', claim->id, claim->value, *claim->source != '\0' ? ", by " : "",
                          claim->source);
  if (claim->detail != NULL)
    g_string_append_printf (out, "      %s\n", claim->detail);
  if (claim->since_us != LF_INSTANT_NONE)
    append_instant (out, "      since ", claim->since_us, now_us);
  if (claim->heard_us != LF_INSTANT_NONE)
    append_instant (out, claim->since_us != LF_INSTANT_NONE ? ", heard " : "      heard ", claim->heard_us, now_us);
  if (claim->since_us != LF_INSTANT_NONE || claim->heard_us != LF_INSTANT_NONE)
    g_string_append_c (out, '\n');
  if (claim->lease_until_us != LF_INSTANT_NONE)
    {
      append_instant (out, "      lease until ", claim->lease_until_us, now_us);
      g_string_append_c (out, '\n');
    }
  if (claim->trouble != NULL)
    {
      append_instant (out, "      last trouble ", claim->trouble_us, now_us);
      g_string_append_printf (out, ": %s\n", claim->trouble);
    }
  append_list (out, "      beats ", (const char *const *) claim->beats);
  if (claim->beats != NULL && claim->beats[0] != NULL)
    g_string_append_c (out, '\n');
}

/**
 * lf_explain_to_text:
 * @explanation: of a person
 *
 * Returns: (transfer full): lines for people to read; the claims marked “*” decide their kinds
 */
char *
lf_explain_to_text (const LfWireExplanation *explanation)
{
  GString *out = g_string_new (NULL);
  gint64   now_us = explanation->now.at_us;

  g_string_append_printf (out, "%s (login %s, id %s)%s%s\n", explanation->name, explanation->login, explanation->user,
                          explanation->is_blocked ? ", blocked" : "", explanation->is_invisible ? ", appears offline to others" : "");
  if (!explanation->is_running)
    g_string_append (out, "No server runs: nothing is known of lines and devices.\n");
  append_verdict (out, "now ", &explanation->now, now_us);
  if (explanation->next != NULL)
    append_verdict (out, "next change ", explanation->next, now_us);
  for (guint kind = 0; kind < LF_N_KINDS; kind++)
    {
      guint n_claims = 0;

      g_string_append_printf (out, "%s%s\n", lf_kind_to_name ((LfKind) kind), explanation->now.kind == (LfKind) kind ? " (wins)" : "");
      for (guint i = 0; i < explanation->claims->len; i++)
        if (((LfWireClaim *) explanation->claims->pdata[i])->kind == (LfKind) kind)
          {
            append_claim (out, explanation->claims->pdata[i], now_us);
            n_claims++;
          }
      if (n_claims == 0)
        g_string_append (out, "    nothing is claimed\n");
    }
  return g_string_free (out, FALSE);
}
