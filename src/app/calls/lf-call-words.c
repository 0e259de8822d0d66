/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-call-words.h"

static const char *
get_reason (LfCallReason reason)
{
  switch (reason)
    {
    case LF_CALL_REASON_OWN_PHONE:
      return _("You did not pick up your phone");
    case LF_CALL_REASON_NOT_REGISTERED:
      return _("No phone is connected to your line");
    case LF_CALL_REASON_NUMBER_UNKNOWN:
      return _("This number is not known");
    case LF_CALL_REASON_REFUSED:
      return _("The telephone system does not allow this call");
    case LF_CALL_REASON_UNAVAILABLE:
      /* Translators: the other end of a telephone call. */
      return _("Cannot be reached by phone now");
    case LF_CALL_REASON_LINK_LOST:
    case LF_CALL_REASON_TIMEOUT:
      return _("The telephone system does not answer");
    case LF_CALL_REASON_UNSUPPORTED:
      return _("Your phone cannot make this call");
    case LF_CALL_REASON_NONE:
    case LF_CALL_REASON_INTERNAL:
    default:
      return _("The call failed");
    }
}

/**
 * lf_call_words_get_state:
 * @call: a call that was asked for
 *
 * Says how far it is, and what to do.
 *
 * Returns: a translated sentence, static
 */
const char *
lf_call_words_get_state (const LfWireCall *call)
{
  switch (call->state)
    {
    case LF_CALL_REQUESTED:
      return _("Your phone will ring…");
    case LF_CALL_RINGING_YOU:
      return _("Your phone is ringing: pick it up");
    case LF_CALL_CALLING:
      return _("Calling…");
    case LF_CALL_CONNECTED:
      /* Translators: both ends of a telephone call talk. */
      return _("Connected");
    case LF_CALL_BUSY:
      /* Translators: the other end of a telephone call. */
      return C_("call", "Busy");
    case LF_CALL_DECLINED:
      /* Translators: the other end did not want a telephone call. */
      return C_("call", "Declined");
    case LF_CALL_NO_ANSWER:
      return C_("call", "No answer");
    case LF_CALL_CANCELLED:
      return _("Call cancelled");
    case LF_CALL_ENDED:
      return _("Call ended");
    case LF_CALL_FAILED:
    default:
      return get_reason (call->reason);
    }
}

/**
 * lf_call_words_format_refusal:
 * @error: why there is no call
 * @address: what was to be called
 *
 * Says why the own telephone does not ring, and what can be done.
 *
 * Returns: (transfer full): a translated sentence
 */
char *
lf_call_words_format_refusal (const GError *error, const char *address)
{
  const char *colon = strchr (address, ':');
  const char *number = colon != NULL ? colon + 1 : address;

  if (g_error_matches (error, LF_ERROR, LF_ERROR_FORBIDDEN))
    /* Translators: the argument is a telephone number. */
    return g_strdup_printf (_("Calls to %s are not allowed from here"), number);
  if (g_error_matches (error, LF_ERROR, LF_ERROR_BAD_REQUEST))
    /* Translators: the argument is a telephone number. */
    return g_strdup_printf (_("%s cannot be called from here. Dial it on your phone"), number);
  if (g_error_matches (error, LF_ERROR, LF_ERROR_NOT_FOUND))
    /* Translators: the argument is a telephone number. */
    return g_strdup_printf (_("Your phone cannot be made to call now. Dial %s on it"), number);
  if (g_error_matches (error, LF_ERROR, LF_ERROR_CONFLICT))
    return g_strdup (_("Another call is being made on your phone"));
  if (g_error_matches (error, LF_ERROR, LF_ERROR_RATE_LIMITED))
    return g_strdup (_("Too many calls within a minute. Wait a little"));
  /* Translators: the argument is a telephone number. */
  return g_strdup_printf (_("The server does not answer. Dial %s on your phone"), number);
}

/**
 * lf_call_words_get_kind:
 * @kind: a list of calls
 *
 * Returns: what a call of it is, translated, static
 */
const char *
lf_call_words_get_kind (LfCallKind kind)
{
  switch (kind)
    {
    case LF_CALL_MISSED:
      return C_("call", "Missed");
    case LF_CALL_RECEIVED:
      return C_("call", "Received");
    case LF_CALL_PLACED:
    default:
      /* Translators: a call that the user made. */
      return C_("call", "Placed");
    }
}

/**
 * lf_call_words_get_kind_icon:
 * @kind: a list of calls
 *
 * Returns: name of its icon
 */
const char *
lf_call_words_get_kind_icon (LfCallKind kind)
{
  static const char *const icons[LF_N_CALL_KINDS] = {
    [LF_CALL_MISSED] = "lf-call-missed-symbolic",
    [LF_CALL_RECEIVED] = "lf-call-received-symbolic",
    [LF_CALL_PLACED] = "lf-call-placed-symbolic",
  };

  g_return_val_if_fail ((guint) kind < LF_N_CALL_KINDS, NULL);

  return icons[kind];
}
