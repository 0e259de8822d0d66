/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LF_CALENDAR_XML_MAX_DEPTH      32
#define LF_CALENDAR_XML_MAX_TEXT_BYTES (2 * 1024 * 1024) /* of one element */

/**
 * LfCalendarXmlHandler:
 * @start: (nullable): an element begins; its attributes are NULL-terminated
 * @end: (nullable): it ends; @text is what stood in it, after its last child
 *
 * What is done with a document. Names come without their prefixes. Either may set an error, which ends
 * the reading.
 */
typedef struct
{
  void (*start) (const char *name, const char **attribute_names, const char **attribute_values, gpointer user_data, GError **error);
  void (*end) (const char *name, const char *text, gpointer user_data, GError **error);
} LfCalendarXmlHandler;

gboolean lf_calendar_xml_read (GBytes *document, const LfCalendarXmlHandler *handler, gpointer user_data, GError **error);

G_END_DECLS
