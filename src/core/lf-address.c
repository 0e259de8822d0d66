/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include <string.h>

#include "lf-address.h"
#include "lf-error.h"

/* One place in which telephone addresses are understood. The normal form of an address is one of
 *
 *   2041                    an extension of this site
 *   +49305551234            E.164
 *   +49305551234;ext=12     the same, and an extension behind it (RFC 3966 section 5.3)
 *   sip:ada@example.org     a SIP address that is no number
 *
 * Two addresses are the same telephone if their normal forms are the same text. What can be read in
 * two ways has none: better nobody than the wrong person, and better no call than a dear one. */

#define DIGITS            "0123456789"
#define SEPARATORS        " -./()\t" /* RFC 3966 section 5.1.1, and what people write */
#define MIN_NUMBER_DIGITS 7
#define MAX_NUMBER_DIGITS 15
#define MIN_LOCAL_DIGITS  6 /* fewer may be anything */
#define MAX_ADDRESS_BYTES 400

static char *
refuse (GError **error, const char *words)
{
  g_set_error_literal (error, LF_ERROR, LF_ERROR_BAD_REQUEST, words);
  return NULL;
}

static gboolean
is_digits (const char *text)
{
  return *text != '\0' && text[strspn (text, DIGITS)] == '\0';
}

static gboolean
begins (const char *text, const char *prefix)
{
  return *prefix != '\0' && g_str_has_prefix (text, prefix);
}

/* Whether the telephone system takes @digits for an extension when they are dialled. */
static gboolean
is_extension (const LfDialPlan *plan, const char *digits)
{
  gsize length = strlen (digits);

  if (length < plan->min_extension || length > plan->max_extension || !is_digits (digits))
    return FALSE;
  if (*plan->outside_prefix != '\0')
    return !begins (digits, plan->outside_prefix);
  return !begins (digits, plan->trunk_prefix) && !begins (digits, plan->international_prefix);
}

static gboolean
is_emergency (const LfDialPlan *plan, const char *digits)
{
  return g_strv_contains ((const char *const *) plan->emergency, digits) ||
         (begins (digits, plan->outside_prefix) &&
          g_strv_contains ((const char *const *) plan->emergency, digits + strlen (plan->outside_prefix)));
}

/* The digits behind a +, as a number; as an extension if it is one of this site's. */
static char *
make_number (const LfDialPlan *plan, const char *digits)
{
  g_autofree char *number = NULL;
  gsize            length = strlen (digits);

  if (!is_digits (digits) || *digits == '0' || length < MIN_NUMBER_DIGITS || length > MAX_NUMBER_DIGITS)
    return NULL;
  /* nobody's: the country code, and the prefix of the country once more */
  if (begins (digits, plan->country_code) && begins (digits + strlen (plan->country_code), plan->trunk_prefix) &&
      g_str_equal (plan->trunk_prefix, "0"))
    return NULL;
  if (begins (digits, plan->country_code) && is_emergency (plan, digits + strlen (plan->country_code)))
    return NULL;
  number = g_strconcat ("+", digits, NULL);
  if (begins (number, plan->main_number) && is_extension (plan, number + strlen (plan->main_number)) &&
      !is_emergency (plan, number + strlen (plan->main_number)))
    return g_strdup (number + strlen (plan->main_number));
  return g_steal_pointer (&number);
}

static char *
make_national (const LfDialPlan *plan, const char *area, const char *digits)
{
  g_autofree char *all = NULL;

  if (*plan->country_code == '\0' || (plan->n_national > 0 && strlen (area) + strlen (digits) != plan->n_national))
    return NULL;
  all = g_strconcat (plan->country_code, area, digits, NULL);
  return make_number (plan, all);
}

/* Digits that are a number outside, as people of this site write it. Where a prefix leads outside, what could be an
 * extension is no number of the town. */
static char *
read_outside (const LfDialPlan *plan, const char *digits)
{
  gboolean is_local = *plan->outside_prefix == '\0' || !is_extension (plan, digits);

  if (begins (digits, plan->international_prefix))
    return make_number (plan, digits + strlen (plan->international_prefix));
  if (begins (digits, plan->trunk_prefix))
    return make_national (plan, "", digits + strlen (plan->trunk_prefix));
  if (plan->n_national > 0 && strlen (digits) == plan->n_national)
    return make_national (plan, "", digits);
  if (is_local && *plan->area_code != '\0' && strlen (digits) >= MIN_LOCAL_DIGITS)
    return make_national (plan, plan->area_code, digits);
  return NULL;
}

/* Digits as they are dialled at this site, or written so. */
static char *
read_digits (const LfDialPlan *plan, const char *digits, LfAddressOrigin origin, GError **error)
{
  gboolean         is_inside = is_extension (plan, digits);
  gboolean         has_prefix = origin == LF_ADDRESS_SIGNALLED && plan->has_signalled_prefix && *plan->outside_prefix != '\0';
  g_autofree char *outside = NULL;

  if (is_emergency (plan, digits))
    return refuse (error, "This is an emergency number: dial it by hand.");
  if (!has_prefix)
    outside = read_outside (plan, digits);
  else if (begins (digits, plan->outside_prefix))
    outside = read_outside (plan, digits + strlen (plan->outside_prefix));
  if (is_inside && outside != NULL && strcmp (outside, digits) != 0)
    return refuse (error, "This may be an extension, or a number outside: write it with + and the country code.");
  if (is_inside)
    return g_strdup (digits);
  if (outside != NULL)
    return g_steal_pointer (&outside);
  return refuse (error, "This is no telephone number that is known here: write it with + and the country code.");
}

/* What stands for digits in a number, without the signs people put between them. */
static char *
strip_separators (const char *text)
{
  GString    *out = g_string_new (NULL);
  const char *zero = *text == '+' ? strstr (text, "(0)") : NULL; /* "+49 (0)30": only one of the two is dialled */

  for (const char *at = text; *at != '\0'; at++)
    if (at == zero)
      at += 2;
    else if (strchr (SEPARATORS, *at) == NULL)
      g_string_append_c (out, *at);
  return g_string_free (out, FALSE);
}

static char *
read_number (const LfDialPlan *plan, const char *text, LfAddressOrigin origin, GError **error)
{
  g_autofree char *plain = strip_separators (text);
  char            *number;

  if (strpbrk (plain, "*#") != NULL)
    return refuse (error, "This is a code of the telephone system, and no number.");
  if (*plain != '+')
    return is_digits (plain) ? read_digits (plan, plain, origin, error)
                             : refuse (error, "This is no telephone number.");
  number = make_number (plan, plain + 1);
  return number != NULL ? number : refuse (error, "This is no telephone number: + is followed by a country code and 7 to 15 digits in all.");
}

static gboolean
is_own_domain (const LfDialPlan *plan, const char *host)
{
  for (guint i = 0; plan->domains[i] != NULL; i++)
    if (g_ascii_strcasecmp (plan->domains[i], host) == 0)
      return TRUE;
  return FALSE;
}

/* Value of a parameter among @params ("a=1;b"); NULL if it is not there. */
static char *
find_param (const char *params, const char *name)
{
  g_auto (GStrv) list = g_strsplit (params, ";", -1);
  gsize          length = strlen (name);

  for (guint i = 0; list[i] != NULL; i++)
    if (g_ascii_strncasecmp (list[i], name, length) == 0 && list[i][length] == '=')
      return g_strdup (list[i] + length + 1);
  return NULL;
}

/* A subscriber with the prefix or domain in which it holds (RFC 3966 section 5.1.5). */
static char *
read_in_context (const LfDialPlan *plan, const char *subscriber, const char *context, LfAddressOrigin origin, GError **error)
{
  g_autofree char *whole = NULL;

  if (*context != '+')
    return is_own_domain (plan, context) ? read_number (plan, subscriber, origin, error)
                                         : refuse (error, "This number holds in another telephone system only.");
  whole = g_strconcat (context, subscriber, NULL);
  return read_number (plan, whole, origin, error);
}

static char *
read_tel (const LfDialPlan *plan, const char *text, LfAddressOrigin origin, GError **error)
{
  const char      *semicolon = strchr (text, ';');
  g_autofree char *subscriber = semicolon != NULL ? g_strndup (text, semicolon - text) : g_strdup (text);
  const char      *params = semicolon != NULL ? semicolon + 1 : "";
  g_autofree char *context = find_param (params, "phone-context");
  g_autofree char *extension = find_param (params, "ext");
  g_autofree char *plain = NULL;
  g_autofree char *number = NULL;

  if (context != NULL && *subscriber != '+')
    number = read_in_context (plan, subscriber, context, origin, error);
  else
    number = read_number (plan, subscriber, origin, error);
  if (number == NULL || extension == NULL)
    return g_steal_pointer (&number);
  plain = strip_separators (extension);
  if (!is_digits (plain) || strlen (plain) > MAX_NUMBER_DIGITS)
    return refuse (error, "The extension behind this number is none.");
  if (strcmp (number, plan->main_number) == 0 && is_extension (plan, plain) && !is_emergency (plan, plain))
    return g_steal_pointer (&plain);
  return g_strconcat (number, ";ext=", plain, NULL);
}

/* The host of "example.org:5060;transport=tcp", in small letters; NULL if it is none. */
static char *
read_host (const char *text)
{
  g_autofree char *host = g_ascii_strdown (text, strcspn (text, ";"));
  char            *colon = *host == '[' ? strchr (host, ']') : host;

  colon = colon != NULL ? strchr (colon, ':') : NULL;
  if (colon != NULL)
    {
      if (!is_digits (colon + 1))
        return NULL;
      *colon = '\0';
    }
  if (*host == '\0' || strlen (host) > 100 || strspn (host, DIGITS "abcdefghijklmnopqrstuvwxyz.-[]:") != strlen (host))
    return NULL;
  return g_steal_pointer (&host);
}

/* The user of a SIP URI: percent signs are resolved (RFC 3261 section 19.1.4), and what would need them is none. */
static char *
read_user (const char *text, gsize length)
{
  g_autofree char *escaped = g_strndup (text, strcspn (text, ";") < length ? strcspn (text, ";") : length);
  g_autofree char *user = g_uri_unescape_string (escaped, NULL);

  if (user == NULL || *user == '\0' || strlen (user) > 50 ||
      strspn (user, DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._~-+*#()") != strlen (user))
    return NULL;
  return g_steal_pointer (&user);
}

static char *
read_sip (const LfDialPlan *plan, const char *text, LfAddressOrigin origin, GError **error)
{
  const char      *at = strchr (text, '@');
  const char      *semicolon = at != NULL ? strchr (at, ';') : NULL;
  g_autofree char *user = at != NULL ? read_user (text, at - text) : NULL;
  g_autofree char *host = at != NULL && strchr (text, '?') == NULL ? read_host (at + 1) : NULL;
  g_autofree char *kind = semicolon != NULL ? find_param (semicolon + 1, "user") : NULL;
  gboolean         is_own;

  if (user == NULL || host == NULL)
    return refuse (error, "This is no SIP address.");
  is_own = is_own_domain (plan, host);
  if (is_own && user[strspn (user, DIGITS "+*#-.()")] == '\0')
    return read_number (plan, user, origin, error);
  if (g_strcmp0 (kind, "phone") == 0 && *user == '+')
    return read_number (plan, user, origin, error);
  if (strpbrk (user, "*#") != NULL)
    return refuse (error, "This is a code of the telephone system, and no number.");
  return g_strconcat ("sip:", user, "@", is_own ? plan->domains[0] : host, NULL);
}

/**
 * lf_address_normalise:
 * @plan: of the site
 * @address: bytes from anybody: "tel:+49-30-555-2041", "sip:2041@pbx.example.org", "030 555 2041"
 * @origin: who spelt it
 * @error: a place for a %LF_ERROR_BAD_REQUEST, whose message a person can act on
 *
 * Brings an address into the form in which it can be compared, and dialled by lf_address_to_dial().
 * Codes of the telephone system (with * or #) and emergency numbers have none, and neither has what
 * @plan lets be read in two ways. The result contains nothing that has a meaning in SIP or in a shell.
 *
 * Source: RFC 3966 (tel), RFC 3261 section 19.1 (sip), ITU-T E.164
 *
 * Returns: (transfer full) (nullable): the normal form, at most %LF_ADDRESS_NORMAL_MAX characters
 */
char *
lf_address_normalise (const LfDialPlan *plan, const char *address, LfAddressOrigin origin, GError **error)
{
  g_return_val_if_fail (plan != NULL && address != NULL, NULL);

  if (strlen (address) > MAX_ADDRESS_BYTES || !g_str_is_ascii (address))
    return refuse (error, "This is no telephone number.");
  if (g_ascii_strncasecmp (address, "tel:", 4) == 0)
    return read_tel (plan, address + 4, origin, error);
  if (g_ascii_strncasecmp (address, "sip:", 4) == 0)
    return read_sip (plan, address + 4, origin, error);
  if (g_ascii_strncasecmp (address, "sips:", 5) == 0)
    return read_sip (plan, address + 5, origin, error);
  return strchr (address, '@') != NULL ? read_sip (plan, address, origin, error)
                                       : read_tel (plan, address, origin, error);
}

static gboolean
matches (const char *pattern, const char *normal)
{
  gsize length = strlen (pattern);

  if (g_str_equal (pattern, "extensions"))
    return is_digits (normal);
  if (g_str_has_prefix (pattern, "sip:*"))
    return g_str_has_prefix (normal, "sip:") && g_ascii_strcasecmp (strchr (normal, '@'), pattern + 5) == 0;
  if (pattern[length - 1] == '*')
    return strncmp (pattern, normal, length - 1) == 0;
  return strcmp (pattern, normal) == 0;
}

static gboolean
matches_any (char **patterns, const char *normal)
{
  for (guint i = 0; patterns[i] != NULL; i++)
    if (matches (patterns[i], normal))
      return TRUE;
  return FALSE;
}

/**
 * lf_address_is_allowed:
 * @plan: of the site, which passed lf_dial_plan_validate()
 * @normal: of lf_address_normalise()
 *
 * Patterns of @plan are "extensions"; a number, or its beginning and a star ("+49*"); "sip:*@host". What
 * one of `refuse` matches is not allowed; of the rest what one of `allow` matches.
 *
 * Returns: %TRUE if calls to @normal may be made for people
 */
gboolean
lf_address_is_allowed (const LfDialPlan *plan, const char *normal)
{
  g_return_val_if_fail (plan != NULL && normal != NULL, FALSE);

  return !matches_any (plan->refuse, normal) && matches_any (plan->allow, normal);
}

/**
 * lf_address_to_dial:
 * @plan: of the site
 * @normal: of lf_address_normalise() with the same @plan
 *
 * Says what the telephone system wants to be told to reach @normal: digits, perhaps behind a +, or a SIP
 * URI. An extension behind a number is left out: somebody will answer there.
 *
 * Returns: (transfer full): it
 */
char *
lf_address_to_dial (const LfDialPlan *plan, const char *normal)
{
  g_autofree char *number = NULL;

  g_return_val_if_fail (plan != NULL && normal != NULL, NULL);

  number = g_strndup (normal, strcspn (normal, ";"));
  if (*number != '+' || plan->is_e164 || *plan->country_code == '\0')
    return g_steal_pointer (&number);
  if (begins (number + 1, plan->country_code))
    return g_strconcat (plan->outside_prefix, plan->trunk_prefix, number + 1 + strlen (plan->country_code), NULL);
  return g_strconcat (plan->outside_prefix, plan->international_prefix, number + 1, NULL);
}
