/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <string.h>

#include "lf-calendar-xml.h"
#include "lf-error.h"

#define PIECE_BYTES ((gsize) 16 * 1024)

/* One reading. */
typedef struct
{
  const LfCalendarXmlHandler *handler;   /* borrowed */
  gpointer                    user_data; /* borrowed */
  GString                    *text;      /* owned */
  guint                       depth;
  gboolean                    has_root;
  GError                     *failure; /* owned, nullable: why no more is looked at */
} Reading;

static const char *
strip_prefix (const char *name)
{
  const char *colon = strrchr (name, ':');

  return colon != NULL ? colon + 1 : name;
}

static void
on_start (GMarkupParseContext *context,
          const char          *name,
          const char         **attribute_names,
          const char         **attribute_values,
          gpointer             user_data,
          GError             **error)
{
  Reading *reading = user_data;

  if (reading->failure != NULL)
    return;
  reading->has_root = TRUE;
  g_string_truncate (reading->text, 0);
  if (++reading->depth > LF_CALENDAR_XML_MAX_DEPTH)
    reading->failure = g_error_new (LF_ERROR, LF_ERROR_BAD_FRAME, "The answer is nested too deeply.");
  else if (reading->handler->start != NULL)
    reading->handler->start (strip_prefix (name), attribute_names, attribute_values, reading->user_data, &reading->failure);
}

static void
on_end (GMarkupParseContext *context,
        const char          *name,
        gpointer             user_data,
        GError             **error)
{
  Reading *reading = user_data;

  if (reading->failure != NULL)
    return;
  reading->depth--;
  if (reading->handler->end != NULL)
    reading->handler->end (strip_prefix (name), reading->text->str, reading->user_data, &reading->failure);
  g_string_truncate (reading->text, 0);
}

static void
on_text (GMarkupParseContext *context,
         const char          *text,
         gsize                length,
         gpointer             user_data,
         GError             **error)
{
  Reading *reading = user_data;

  if (reading->failure != NULL)
    return;
  if (reading->text->len + length > LF_CALENDAR_XML_MAX_TEXT_BYTES)
    reading->failure = g_error_new (LF_ERROR, LF_ERROR_TOO_LARGE, "An element of the answer is larger than %d MiB.",
                                    LF_CALENDAR_XML_MAX_TEXT_BYTES / 1024 / 1024);
  else
    g_string_append_len (reading->text, text, (gssize) length);
}

/* Comments and the declaration pass; a document type does not: it can define entities. */
static void
on_passthrough (GMarkupParseContext *context,
                const char          *text,
                gsize                length,
                gpointer             user_data,
                GError             **error)
{
  Reading *reading = user_data;

  if (reading->failure == NULL && length >= 2 && text[0] == '<' && text[1] == '!' && !(length >= 4 && strncmp (text, "<!--", 4) == 0))
    reading->failure = g_error_new (LF_ERROR, LF_ERROR_BAD_FRAME, "The answer has a document type, which is refused.");
}

/**
 * lf_calendar_xml_read:
 * @document: XML, of bounded size
 * @handler: what to do with it
 * @user_data: for @handler
 * @error: set to %LF_ERROR_BAD_FRAME or %LF_ERROR_TOO_LARGE
 *
 * Reads a document from a stranger: no document type, no entities but the five of XML, no depth over
 * %LF_CALENDAR_XML_MAX_DEPTH.
 *
 * Returns: %TRUE if it was whole and the handler set no error
 */
gboolean
lf_calendar_xml_read (GBytes                     *document,
                      const LfCalendarXmlHandler *handler,
                      gpointer                    user_data,
                      GError                    **error)
{
  static const GMarkupParser      parser = { on_start, on_end, on_text, on_passthrough, NULL };
  g_autoptr (GMarkupParseContext) context = NULL;
  g_autoptr (GString)             text = g_string_new (NULL);
  Reading                         reading = { handler, user_data, text, 0, FALSE, NULL };
  gboolean                        is_good = TRUE;
  gsize                           size;
  const char                     *bytes;

  g_return_val_if_fail (document != NULL && handler != NULL, FALSE);

  bytes = g_bytes_get_data (document, &size);
  context = g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reading, NULL);
  /* in pieces, as GMarkup reads a piece to its end whatever is wrong in it */
  for (gsize at = 0; at < size && is_good && reading.failure == NULL; at += PIECE_BYTES)
    is_good = g_markup_parse_context_parse (context, bytes + at, (gssize) MIN (PIECE_BYTES, size - at), NULL);
  if (reading.failure != NULL)
    {
      g_propagate_error (error, reading.failure);
      return FALSE;
    }
  if (is_good && size > 0 && g_markup_parse_context_end_parse (context, NULL) && reading.has_root && reading.failure == NULL)
    return TRUE;
  g_clear_error (&reading.failure);
  g_set_error (error, LF_ERROR, LF_ERROR_BAD_FRAME, "The answer is not the XML it should be.");
  return FALSE;
}
