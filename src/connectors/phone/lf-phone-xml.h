/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LF_PHONE_XML_MAX_BYTES (64 * 1024)
#define LF_PHONE_XML_MAX_DEPTH 12

/* Elements that a document of so many bytes may have at most. */
#define LF_PHONE_XML_MAX_ELEMENTS(bytes) ((bytes) / 16)

#define LF_PHONE_XML_ERROR (lf_phone_xml_error_quark ())

/**
 * LfPhoneXmlError:
 * @LF_PHONE_XML_ERROR_BAD: the document is not what it should be; the message says why
 *
 * Errors of documents that a PBX sent.
 */
typedef enum
{
  LF_PHONE_XML_ERROR_BAD,
} LfPhoneXmlError;

GQuark lf_phone_xml_error_quark (void);

/**
 * LfPhoneXmlFuncs:
 * @begin: an element begins; names and values of its attributes are %NULL-terminated. %FALSE: refused
 * @end: an element ended; @text is its own text without that of its children, stripped
 * @max_bytes: how large the document may be; 0: %LF_PHONE_XML_MAX_BYTES
 *
 * What is told of a document. Names stand without their namespace prefix.
 */
typedef struct
{
  gboolean (*begin) (const char *name, guint depth, const char *const *names, const char *const *values, gpointer user_data, GError **error);
  void (*end) (const char *name, guint depth, const char *text, gpointer user_data);
  gsize max_bytes;
} LfPhoneXmlFuncs;

gboolean    lf_phone_xml_parse (const char *text, gsize length, const LfPhoneXmlFuncs *funcs, gpointer user_data, GError **error);
const char *lf_phone_xml_get (const char *const *names, const char *const *values, const char *name);

G_END_DECLS
