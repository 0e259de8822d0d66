/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>

#include "lf-error.h"
#include "lf-order.h"
#include "lf-service-error.h"

#define NOW_US (G_GINT64_CONSTANT (1795516800) * LF_SECOND) /* Tue 2026-11-24 10:40 UTC */

static const struct
{
  const char *text;
  gint64      span_us; /* 0: refused */
  const char *why;
} spans[] = {
  { "45m", 45 * LF_MINUTE, "minutes" },
  { "1h30m", 90 * LF_MINUTE, "hours and minutes" },
  { "90m", 90 * LF_MINUTE, "more minutes than an hour has" },
  { "2d", 2 * LF_DAY, "days" },
  { "1d2h3m4s", LF_DAY + 2 * LF_HOUR + 3 * LF_MINUTE + 4 * LF_SECOND, "all units" },
  { "400d", 400 * LF_DAY, "the longest" },
  { "", 0, "nothing" },
  { "45", 0, "a number without a unit" },
  { "m", 0, "a unit without a number" },
  { "45 m", 0, "a blank" },
  { "45M", 0, "units are small letters" },
  { "-5m", 0, "a sign" },
  { "+5m", 0, "a sign" },
  { "1.5h", 0, "a fraction" },
  { "30m1h", 0, "the wrong way round" },
  { "1h1h", 0, "a unit twice" },
  { "0m", 0, "no time" },
  { "401d", 0, "more than the server takes" },
  { "9999999m", 0, "too many digits" },
  { "99999999999999999999999999m", 0, "more than a number holds" },
  { "45m ", 0, "something behind it" },
  { "45min", 0, "a word" },
  { "٤٥m", 0, "other digits" },
};

static void
test_spans (void)
{
  g_test_summary ("A span is numbers with units, the greater first; all else is refused");
  for (gsize i = 0; i < G_N_ELEMENTS (spans); i++)
    {
      gint64 span_us = 0;

      g_test_message ("%s: %s", spans[i].text, spans[i].why);
      g_assert_cmpint (lf_order_time_read_span (spans[i].text, &span_us), ==, spans[i].span_us != 0);
      g_assert_cmpint (span_us, ==, spans[i].span_us);
    }
}

static const struct
{
  const char *text;
  gint64      after_us; /* from now; 0: refused */
  const char *why;
} ends[] = {
  { "13:00", 140 * LF_MINUTE, "today" },
  { "10:41", LF_MINUTE, "in a minute" },
  { "9:00", LF_DAY - 100 * LF_MINUTE, "tomorrow" },
  { "10:40", LF_DAY, "now is over" },
  { "00:00", 800 * LF_MINUTE, "midnight" },
  { "2026-11-24 13:00", 140 * LF_MINUTE, "a day and a time" },
  { "2026-11-25T10:40", LF_DAY, "as standards write it" },
  { "2026-11-24 10:00", 0, "over" },
  { "2026-02-30 10:00", 0, "no such day" },
  { "2026-13-01 10:00", 0, "no such month" },
  { "2026-11-24", 0, "no time" },
  { "24:00", 0, "no such hour" },
  { "12:60", 0, "no such minute" },
  { "13", 0, "no minutes" },
  { "1300", 0, "no colon" },
  { ":30", 0, "no hour" },
  { "13:0", 0, "half a minute's digits" },
  { "13:00:00", 0, "seconds" },
  { "123:00", 0, "too many digits" },
  { "-1:00", 0, "a sign" },
  { "1:00 pm", 0, "halves of a day" },
  { "", 0, "nothing" },
  { "noon", 0, "a word" },
  { "2026-11-2x 13:00", 0, "a letter" },
};

static void
test_ends (void)
{
  g_test_summary ("An end is the next time the clock shows it, or that of a day; all else is refused");
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      gint64 end_us = NOW_US;

      g_test_message ("%s: %s", ends[i].text, ends[i].why);
      g_assert_cmpint (lf_order_time_read_end (ends[i].text, NOW_US, &end_us), ==, ends[i].after_us != 0);
      g_assert_cmpint (end_us - NOW_US, ==, ends[i].after_us);
    }
}

static const struct
{
  const char *options; /* a{sv} */
  LfOrderKind kind;
  const char *refused; /* word of the message, or NULL */
} orders[] = {
  { "@a{sv} {}", LF_ORDER_NONE, NULL },
  { "{'status': <'away'>}", LF_ORDER_STATUS, NULL },
  { "{'status': <'away'>, 'note': <'Lunch'>, 'for': <'45m'>}", LF_ORDER_STATUS, NULL },
  { "{'status': <'away'>, 'emoji': <'🍕'>, 'until': <'13:00'>}", LF_ORDER_STATUS, NULL },
  { "{'dnd': <'on'>, 'for': <'1h'>}", LF_ORDER_DND, NULL },
  { "{'who': <'ada'>, 'json': <true>}", LF_ORDER_WHO, NULL },
  { "{'call': <'2041'>}", LF_ORDER_CALL, NULL },
  { "{'chat': <'ada'>}", LF_ORDER_CHAT, NULL },
  { "{'who': <'ada'>, 'call': <'ada'>}", LF_ORDER_NONE, "one thing at a time" },
  { "{'status': <'away'>, 'dnd': <'on'>}", LF_ORDER_NONE, "one thing at a time" },
  { "{'status': <'away'>, 'for': <'45m'>, 'until': <'13:00'>}", LF_ORDER_NONE, "one end" },
  { "{'status': <'away'>, 'for': <'soon'>}", LF_ORDER_NONE, "--for takes" },
  { "{'status': <'away'>, 'until': <'soon'>}", LF_ORDER_NONE, "--until takes" },
  { "{'note': <'Lunch'>}", LF_ORDER_NONE, "belong to --status" },
  { "{'who': <'ada'>, 'emoji': <'🍕'>}", LF_ORDER_NONE, "belong to --status" },
  { "{'dnd': <'on'>, 'note': <'Lunch'>}", LF_ORDER_NONE, "belong to --status" },
  { "{'for': <'45m'>}", LF_ORDER_NONE, "belong to --status and --dnd" },
  { "{'chat': <'ada'>, 'until': <'13:00'>}", LF_ORDER_NONE, "belong to --status and --dnd" },
  { "{'json': <true>}", LF_ORDER_NONE, "belongs to --who" },
  { "{'call': <'ada'>, 'json': <true>}", LF_ORDER_NONE, "belongs to --who" },
  { "{'dnd': <'yes'>}", LF_ORDER_NONE, "on or off" },
  { "{'status': <'busy'>}", LF_ORDER_NONE, "automatic, available or away" },
};

static void
test_orders (void)
{
  g_test_summary ("Options that do not go together are refused, with what is wrong");
  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autoptr (GVariant)     given = g_variant_ref_sink (g_variant_new_parsed (orders[i].options));
      g_autoptr (GVariantDict) options = g_variant_dict_new (given);
      g_autoptr (GError)       error = NULL;
      g_auto (LfOrder)         order = { LF_ORDER_NONE };

      g_test_message ("%s", orders[i].options);
      g_assert_cmpint (lf_order_read (&order, options, NOW_US, &error), ==, orders[i].refused == NULL);
      if (orders[i].refused == NULL)
        {
          g_assert_no_error (error);
          g_assert_cmpint (order.kind, ==, orders[i].kind);
          g_assert_cmpint (order.for_us != 0, ==, g_variant_dict_contains (options, "for"));
          g_assert_cmpint (order.until_us != LF_INSTANT_NONE, ==, g_variant_dict_contains (options, "until"));
          continue;
        }
      g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
      g_assert_nonnull (strstr (error->message, orders[i].refused));
    }
}

static void
test_errors (void)
{
  static const struct
  {
    int         code;
    int         wanted;
    const char *words;
  } rows[] = {
    { LF_ERROR_UNAUTHORIZED, LF_SERVICE_ERROR_NOT_SIGNED_IN, "sign in" },
    { LF_ERROR_UNAVAILABLE, LF_SERVICE_ERROR_UNAVAILABLE, "try again" },
    { LF_ERROR_RATE_LIMITED, LF_SERVICE_ERROR_UNAVAILABLE, "try again" },
    { LF_ERROR_BAD_REQUEST, LF_SERVICE_ERROR_REFUSED, "that is why" },
    { LF_ERROR_FORBIDDEN, LF_SERVICE_ERROR_REFUSED, "does not allow that" },
  };

  g_test_summary ("What the client says went wrong is told to other programs in their terms");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (LF_ERROR, rows[i].code, "that is why");
      g_autoptr (GError) told = lf_service_error_new_from_client (error);

      g_assert_error (told, LF_SERVICE_ERROR, rows[i].wanted);
      g_assert_nonnull (strstr (told->message, rows[i].words));
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/order/spans", test_spans);
  g_test_add_func ("/order/ends", test_ends);
  g_test_add_func ("/order/orders", test_orders);
  g_test_add_func ("/order/errors", test_errors);

  return g_test_run ();
}
