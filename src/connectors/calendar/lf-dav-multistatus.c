/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-calendar-xml.h"
#include "lf-dav-multistatus.h"
#include "lf-error.h"

/* One parsing: where in the document it is. */
typedef struct
{
  LfDavMultistatus *all;                             /* borrowed */
  LfDavResponse    *response;                        /* borrowed, nullable between responses */
  char             *path[LF_CALENDAR_XML_MAX_DEPTH]; /* owned: the names of the open elements */
  guint             depth;
  gboolean          has_components; /* of this response's calendar */
  gboolean          has_events;
} Parsing;

/* Texts by name and by the name around it; NULL: around anything. */
static const struct
{
  const char *name;
  const char *parent;
  gsize       offset;
} texts[] = {
  { "href", "response", G_STRUCT_OFFSET (LfDavResponse, href) },
  { "href", "owner", G_STRUCT_OFFSET (LfDavResponse, owner) },
  { "href", "current-user-principal", G_STRUCT_OFFSET (LfDavResponse, principal) },
  { "href", "calendar-home-set", G_STRUCT_OFFSET (LfDavResponse, home) },
  { "getetag", "prop", G_STRUCT_OFFSET (LfDavResponse, etag) },
  { "getctag", "prop", G_STRUCT_OFFSET (LfDavResponse, ctag) },
  { "sync-token", "prop", G_STRUCT_OFFSET (LfDavResponse, sync_token) },
  { "displayname", "prop", G_STRUCT_OFFSET (LfDavResponse, name) },
};

/* What is said by an element's being there. */
static const struct
{
  const char *name;
  const char *parent;
  gsize       offset;
} marks[] = {
  { "calendar", "resourcetype", G_STRUCT_OFFSET (LfDavResponse, is_calendar) },
  { "shared", "resourcetype", G_STRUCT_OFFSET (LfDavResponse, is_shared) },
  { "subscribed", "resourcetype", G_STRUCT_OFFSET (LfDavResponse, is_subscribed) },
  { "transparent", "schedule-calendar-transp", G_STRUCT_OFFSET (LfDavResponse, is_transparent) },
};

static void
response_free (LfDavResponse *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (G_STRUCT_MEMBER (char *, self, texts[i].offset));
  g_clear_pointer (&self->data, g_bytes_unref);
  g_free (self);
}

static const char *
get_parent (const Parsing *parsing)
{
  return parsing->depth >= 2 ? parsing->path[parsing->depth - 2] : "";
}

static gboolean
is_component_event (const char **names,
                    const char **values)
{
  for (gsize i = 0; names[i] != NULL; i++)
    {
      if (g_str_equal (names[i], "name"))
        return g_ascii_strcasecmp (values[i], "VEVENT") == 0;
    }
  return FALSE;
}

static void
on_start (const char  *name,
          const char **attribute_names,
          const char **attribute_values,
          gpointer     user_data,
          GError     **error)
{
  Parsing *parsing = user_data;

  parsing->path[parsing->depth++] = g_strdup (name);
  if (parsing->depth == 1 && !g_str_equal (name, "multistatus"))
    g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME, "The answer is no multistatus of WebDAV.");
  else if (g_str_equal (name, "response") && parsing->depth == 2)
    {
      if (parsing->all->responses->len >= LF_DAV_MAX_RESPONSES)
        {
          g_set_error (error, LF_ERROR, LF_ERROR_TOO_LARGE, "The calendar has more than %d entries.", LF_DAV_MAX_RESPONSES);
          return;
        }
      parsing->response = g_new0 (LfDavResponse, 1);
      parsing->has_components = FALSE;
      parsing->has_events = FALSE;
      g_ptr_array_add (parsing->all->responses, parsing->response);
    }
  if (parsing->response == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      if (g_str_equal (name, marks[i].name) && g_str_equal (get_parent (parsing), marks[i].parent))
        G_STRUCT_MEMBER (gboolean, parsing->response, marks[i].offset) = TRUE;
    }
  if (g_str_equal (name, "comp") && g_str_equal (get_parent (parsing), "supported-calendar-component-set"))
    {
      parsing->has_components = TRUE;
      parsing->has_events |= is_component_event (attribute_names, attribute_values);
    }
}

/* "HTTP/1.1 404 Not Found" */
static guint
read_status (const char *text)
{
  const char *space = strchr (text, ' ');

  return space == NULL ? 0 : (guint) g_ascii_strtoull (space, NULL, 10);
}

static void
take_text (Parsing    *parsing,
           const char *name,
           const char *text)
{
  LfDavResponse   *response = parsing->response;
  const char      *parent = get_parent (parsing);
  g_autofree char *trimmed = NULL;

  if (g_str_equal (name, "calendar-data") && g_str_equal (parent, "prop"))
    {
      g_clear_pointer (&response->data, g_bytes_unref);
      response->data = g_bytes_new (text, strlen (text));
      return;
    }
  trimmed = g_strstrip (g_strdup (text));
  if (*trimmed == '\0' || strlen (trimmed) > LF_DAV_MAX_CHARS)
    return;
  if (g_str_equal (name, "status") && g_str_equal (parent, "response"))
    response->status = read_status (trimmed);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      char **place = &G_STRUCT_MEMBER (char *, response, texts[i].offset);

      if (*place == NULL && g_str_equal (name, texts[i].name) && g_str_equal (parent, texts[i].parent))
        *place = g_strdup (trimmed);
    }
}

static void
on_end (const char *name,
        const char *text,
        gpointer    user_data,
        GError    **error)
{
  Parsing *parsing = user_data;

  if (parsing->response != NULL)
    take_text (parsing, name, text);
  else if (parsing->depth == 2 && g_str_equal (name, "sync-token") && strlen (text) <= LF_DAV_MAX_CHARS)
    {
      g_free (parsing->all->sync_token);
      parsing->all->sync_token = g_strstrip (g_strdup (text));
    }
  if (parsing->depth == 2 && parsing->response != NULL)
    {
      parsing->response->holds_no_events = parsing->has_components && !parsing->has_events;
      parsing->response = NULL;
    }
  g_free (parsing->path[--parsing->depth]);
}

/**
 * lf_dav_multistatus_parse:
 * @document: the body of a 207
 * @error: set to %LF_ERROR_BAD_FRAME or %LF_ERROR_TOO_LARGE
 *
 * Reads what a server says of resources. Those without an address are left out.
 *
 * Returns: (transfer full) (nullable): it
 */
LfDavMultistatus *
lf_dav_multistatus_parse (GBytes  *document,
                          GError **error)
{
  static const LfCalendarXmlHandler handler = { on_start, on_end };
  g_autoptr (LfDavMultistatus)      self = g_new0 (LfDavMultistatus, 1);
  Parsing                           parsing = { .all = self };
  gboolean                          is_good;

  g_return_val_if_fail (document != NULL, NULL);

  self->responses = g_ptr_array_new_with_free_func ((GDestroyNotify) response_free);
  is_good = lf_calendar_xml_read (document, &handler, &parsing, error);
  while (parsing.depth > 0)
    g_free (parsing.path[--parsing.depth]);
  if (!is_good)
    return NULL;
  for (guint i = self->responses->len; i > 0; i--)
    {
      if (((LfDavResponse *) self->responses->pdata[i - 1])->href == NULL)
        g_ptr_array_remove_index (self->responses, i - 1);
    }
  return g_steal_pointer (&self);
}

/**
 * lf_dav_multistatus_free:
 * @self: (transfer full): what a server said
 */
void
lf_dav_multistatus_free (LfDavMultistatus *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_unref (self->responses);
  g_free (self->sync_token);
  g_free (self);
}
