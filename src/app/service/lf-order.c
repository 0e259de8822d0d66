/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-order.h"
#include "lf-person-facts.h"

static const char *const order_names[] = {
  [LF_ORDER_STATUS] = "status",
  [LF_ORDER_DND] = "dnd",
  [LF_ORDER_WHO] = "who",
  [LF_ORDER_CALL] = "call",
  [LF_ORDER_CHAT] = "chat",
};

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, message);

  return FALSE;
}

/* What belongs to another option, or to none, was meant otherwise. */
static gboolean
check_company (const LfOrder *order, GError **error)
{
  LfChoice choice;

  if ((order->note != NULL || order->emoji != NULL) && order->kind != LF_ORDER_STATUS)
    return refuse (error, _("--note and --emoji belong to --status"));
  if ((order->for_us != 0 || order->until_us != LF_INSTANT_NONE) && order->kind != LF_ORDER_STATUS && order->kind != LF_ORDER_DND)
    return refuse (error, _("--for and --until belong to --status and --dnd"));
  if (order->is_json && order->kind != LF_ORDER_WHO)
    return refuse (error, _("--json belongs to --who"));
  if (order->kind == LF_ORDER_STATUS && !lf_person_facts_read_choice (order->argument, &choice))
    return refuse (error, _("--status is automatic, available or away"));
  if (order->kind == LF_ORDER_DND && !g_str_equal (order->argument, "on") && !g_str_equal (order->argument, "off"))
    return refuse (error, _("--dnd is on or off"));

  return TRUE;
}

static gboolean
read_end (LfOrder *order, GVariantDict *options, gint64 now_us, GError **error)
{
  const char *span = NULL;
  const char *end = NULL;

  g_variant_dict_lookup (options, "for", "&s", &span);
  g_variant_dict_lookup (options, "until", "&s", &end);
  if (span != NULL && end != NULL)
    return refuse (error, _("there is one end: give --for or --until"));
  if (span != NULL && !lf_order_time_read_span (span, &order->for_us))
    return refuse (error, _("--for takes a span like 45m, 1h30m or 2d, of at most 400 days"));
  if (end != NULL && !lf_order_time_read_end (end, now_us, &order->until_us))
    return refuse (error, _("--until takes a time to come like 13:00 or \"2026-11-30 13:00\""));

  return TRUE;
}

/**
 * lf_order_add_options:
 * @application: the program
 *
 * Adds the options that another, running instance carries out.
 */
void
lf_order_add_options (GApplication *application)
{
  static const GOptionEntry options[] = {
    { "status", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Set your status: automatic, available or away"), N_ ("STATUS") },
      { "note", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("With --status: a text that others see"), N_ ("TEXT") },
        { "emoji", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("With --status: an emoji before it"), N_ ("EMOJI") },
          { "dnd", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Set “Do not disturb”: on or off"), "on|off" },
            { "for", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("With --status and --dnd: end after 45m, 1h30m …"), N_ ("SPAN") },
              { "until", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("With --status and --dnd: end at 13:00 …"), N_ ("TIME") },
                { "who", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Tell whether somebody can be reached"), N_ ("NAME") },
                  { "json", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("With --who: as JSON"), NULL },
                    { "call", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Call a person or a number"), N_ ("WHO") },
                      { "chat", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Open the chat with a person"), N_ ("NAME") },
                        { NULL } };

  g_application_add_main_option_entries (application, options);
  /* Translators: what stands between “Usage:” and the options. */
  g_application_set_option_context_parameter_string (application, _("[LINK]"));
  g_application_set_option_context_summary (application, _("Opens the window, or where a lampfield: or tel: link leads.\n"
"With --status, --dnd, --who, --call or --chat it asks the Lampfield that runs, and needs no screen."));
  /* Translators: translate what stands in quotes, and the first line. */
  g_application_set_option_context_description (application, _("Examples:\n"
                                                              "  lampfield --status away --note \"Lunch\" --for 45m\n"
                                                              "  lampfield --who \"Jonas Weber\"\n"
                                                              "  lampfield --call \"+49 30 1234\""));
}

/**
 * lf_order_read:
 * @order: cleared
 * @options: of the command line
 * @now_us: now, microseconds since 1970-01-01 UTC
 * @error: return location
 *
 * Reads what is asked of the running client, if anything. Sets %G_OPTION_ERROR_BAD_VALUE, with a message for people.
 *
 * Returns: %TRUE if it can be meant
 */
gboolean
lf_order_read (LfOrder *order, GVariantDict *options, gint64 now_us, GError **error)
{
  order->until_us = LF_INSTANT_NONE;
  for (guint kind = LF_ORDER_STATUS; kind < G_N_ELEMENTS (order_names); kind++)
    {
      g_autofree char *argument = NULL;

      if (!g_variant_dict_lookup (options, order_names[kind], "s", &argument))
        continue;
      if (order->kind != LF_ORDER_NONE)
        return refuse (error, _("one thing at a time: --status, --dnd, --who, --call or --chat"));
      order->kind = (LfOrderKind) kind;
      order->argument = g_steal_pointer (&argument);
    }
  g_variant_dict_lookup (options, "note", "s", &order->note);
  g_variant_dict_lookup (options, "emoji", "s", &order->emoji);
  order->is_json = g_variant_dict_contains (options, "json");

  return read_end (order, options, now_us, error) && check_company (order, error);
}

/**
 * lf_order_clear:
 * @order: an order
 *
 * Frees what it holds.
 */
void
lf_order_clear (LfOrder *order)
{
  g_clear_pointer (&order->argument, g_free);
  g_clear_pointer (&order->note, g_free);
  g_clear_pointer (&order->emoji, g_free);
}
