/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include <string.h>

#include "lf-meeting-link.h"

#define MAX_TEXT_BYTES 65536 /* of a description: the rest is not looked at */

/* Whose host is a meeting's wherever it stands; a leading dot: and what is below. */
static const char *const meeting_hosts[] = {
  "teams.microsoft.com",
  "teams.live.com",
  "zoom.us",
  ".zoom.us",
  "meet.google.com",
  ".webex.com",
  "meet.jit.si",
};

/* Of one's own servers: the first label of the host. */
static const char *const meeting_labels[] = { "meet", "jitsi", "bbb", "bigbluebutton", "webconf" };

/* Properties that hold the address of a meeting and nothing else: CONFERENCE (RFC 7986 section 5.11), and what
 * Google, Exchange and Skype write. */
static const char *const link_names[] = { "CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-MICROSOFT-ONLINEMEETINGCONFLINK" };
static const char *const text_names[] = { "LOCATION", "URL", "DESCRIPTION" };

static GUri *
parse_safe (const char *uri)
{
  g_autoptr (GUri) parsed = NULL;

  if (strlen (uri) > LF_MEETING_LINK_MAX_BYTES)
    return NULL;
  for (const char *c = uri; *c != '\0'; c++)
    if ((guchar) *c <= 0x20 || (guchar) *c >= 0x7f)
      return NULL;
  parsed = g_uri_parse (uri, G_URI_FLAGS_HAS_PASSWORD, NULL);
  if (parsed == NULL || g_ascii_strcasecmp (g_uri_get_scheme (parsed), "https") != 0 || g_uri_get_user (parsed) != NULL ||
      g_uri_get_host (parsed) == NULL || *g_uri_get_host (parsed) == '\0')
    return NULL;

  return g_steal_pointer (&parsed);
}

/**
 * lf_meeting_link_is_safe:
 * @uri: what an event says
 *
 * Returns: %TRUE if it is an https address with a host and without a password, of printable ASCII, and not too long
 */
gboolean
lf_meeting_link_is_safe (const char *uri)
{
  g_autoptr (GUri) parsed = NULL;

  g_return_val_if_fail (uri != NULL, FALSE);

  parsed = parse_safe (uri);
  return parsed != NULL;
}

static gboolean
is_meeting_host (const char *host)
{
  gsize label_length = strcspn (host, ".");

  for (guint i = 0; i < G_N_ELEMENTS (meeting_hosts); i++)
    if (g_ascii_strcasecmp (host, meeting_hosts[i]) == 0 ||
        (*meeting_hosts[i] == '.' && strlen (host) > strlen (meeting_hosts[i]) &&
         g_ascii_strcasecmp (host + strlen (host) - strlen (meeting_hosts[i]), meeting_hosts[i]) == 0))
      return TRUE;
  for (guint i = 0; host[label_length] == '.' && i < G_N_ELEMENTS (meeting_labels); i++)
    if (strlen (meeting_labels[i]) == label_length && g_ascii_strncasecmp (host, meeting_labels[i], label_length) == 0)
      return TRUE;

  return FALSE;
}

/* The first address in a text whose host is a meeting's. */
static char *
find_in_text (const char *text)
{
  const char *end = text + strnlen (text, MAX_TEXT_BYTES);

  for (const char *place = text; (place = strstr (place, "https://")) != NULL && place < end; place += strlen ("https://"))
    {
      gsize            length = strcspn (place, " \t\r\n<>\"'()[]{}|\\^`");
      g_autofree char *uri = NULL;
      g_autoptr (GUri) parsed = NULL;

      while (length > 0 && strchr (".,;:!?*_", place[length - 1]) != NULL)
        length--;
      uri = g_strndup (place, MIN (length, LF_MEETING_LINK_MAX_BYTES + 1));
      parsed = parse_safe (uri);
      if (parsed != NULL && is_meeting_host (g_uri_get_host (parsed)))
        return g_steal_pointer (&uri);
    }

  return NULL;
}

static char *
dup_value (ICalComponent *event, const char *name)
{
  for (ICalProperty *property = i_cal_component_get_first_property (event, I_CAL_ANY_PROPERTY); property != NULL;)
    {
      g_autofree char *own_name = i_cal_property_get_property_name (property);
      g_autofree char *value = NULL;

      if (own_name != NULL && g_ascii_strcasecmp (own_name, name) == 0)
        value = i_cal_property_get_value_as_string (property);
      g_object_unref (property);
      if (value != NULL)
        return g_strcompress (value); /* the backslashes of a text; an address has none */
      property = i_cal_component_get_next_property (event, I_CAL_ANY_PROPERTY);
    }

  return NULL;
}

/**
 * lf_meeting_link_find:
 * @event: a VEVENT
 *
 * Looks for the address at which the meeting can be joined. It stays on this computer.
 *
 * Returns: (transfer full) (nullable): an https address
 */
char *
lf_meeting_link_find (ICalComponent *event)
{
  g_return_val_if_fail (I_CAL_IS_COMPONENT (event), NULL);

  for (guint i = 0; i < G_N_ELEMENTS (link_names); i++)
    {
      g_autofree char *value = dup_value (event, link_names[i]);

      if (value != NULL && lf_meeting_link_is_safe (value))
        return g_steal_pointer (&value);
    }
  for (guint i = 0; i < G_N_ELEMENTS (text_names); i++)
    {
      g_autofree char *value = dup_value (event, text_names[i]);
      char            *found = value != NULL ? find_in_text (value) : NULL;

      if (found != NULL)
        return found;
    }

  return NULL;
}
