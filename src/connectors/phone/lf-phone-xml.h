/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LF_PHONE_XML_MAX_BYTES    (64 * 1024)
#define LF_PHONE_XML_MAX_DEPTH    12
#define LF_PHONE_XML_MAX_ELEMENTS 4000

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
 *
 * What is told of a document. Names stand without their namespace prefix.
 */
typedef struct
{
  gboolean (*begin) (const char *name, guint depth, const char *const *names, const char *const *values, gpointer user_data, GError **error);
  void (*end) (const char *name, guint depth, const char *text, gpointer user_data);
} LfPhoneXmlFuncs;

gboolean    lf_phone_xml_parse (const char *text, gsize length, const LfPhoneXmlFuncs *funcs, gpointer user_data, GError **error);
const char *lf_phone_xml_get (const char *const *names, const char *const *values, const char *name);

G_END_DECLS
