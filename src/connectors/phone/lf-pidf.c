/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include <string.h>

#include "lf-phone-xml.h"
#include "lf-pidf.h"

/* What the presence of a line says, as the telephone systems write it (RFC 3863, RFC 4480). Words first:
 * Asterisk marks a ringing, a busy and a held line all as <busy/>, and tells them apart by a note. */

typedef struct
{
  const char  *name;
  LfPhoneState state;
  gboolean     is_registered;
} Word;

/* Asterisk's notes, compared without case. */
static const Word notes[] = {
  { "Ready", LF_PHONE_ON_HOOK, TRUE },
  { "Ringing", LF_PHONE_RINGING, TRUE },
  { "On the phone", LF_PHONE_OFF_HOOK, TRUE },
  { "On hold", LF_PHONE_HELD, TRUE },
  { "Hold", LF_PHONE_HELD, TRUE },
  { "Unavailable", LF_PHONE_UNKNOWN, FALSE },
  { "Do Not Disturb", LF_PHONE_DO_NOT_DISTURB, TRUE },
  { "DND", LF_PHONE_DO_NOT_DISTURB, TRUE },
};

/* Elements, the strongest first: those of urn:cisco:params:xml:ns:pidf:rpid, then RPID's. CUCM says
 * <busy/> of a line that is in use. */
static const Word elements[] = {
  { "dnd", LF_PHONE_DO_NOT_DISTURB, TRUE },
  { "on-the-phone", LF_PHONE_OFF_HOOK, TRUE },
  { "alerting", LF_PHONE_RINGING, TRUE },
  { "busy", LF_PHONE_OFF_HOOK, TRUE },
  { "unavailable", LF_PHONE_UNKNOWN, FALSE },
  { "available", LF_PHONE_ON_HOOK, TRUE },
};

typedef struct
{
  const Word *note;
  const Word *element;
  gboolean    has_basic;
  gboolean    is_open;
} Reader;

static gboolean
on_begin (const char *name, guint depth, const char *const *names, const char *const *values, gpointer user_data, GError **error)
{
  Reader *self = user_data;

  if (depth == 0 && !g_str_equal (name, "presence"))
    {
      g_set_error_literal (error, LF_PHONE_XML_ERROR, LF_PHONE_XML_ERROR_BAD, "The document is no presence.");
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    if (g_str_equal (name, elements[i].name) && (self->element == NULL || &elements[i] < self->element))
      self->element = &elements[i];
  return TRUE;
}

static void
on_end (const char *name, guint depth, const char *text, gpointer user_data)
{
  Reader *self = user_data;

  if (g_str_equal (name, "basic"))
    {
      self->has_basic = TRUE;
      self->is_open = self->is_open || g_ascii_strcasecmp (text, "open") == 0; /* any of the person's phones */
    }
  else if (g_str_equal (name, "note") && self->note == NULL)
    {
      for (guint i = 0; i < G_N_ELEMENTS (notes); i++)
        if (g_ascii_strcasecmp (text, notes[i].name) == 0)
          self->note = &notes[i];
    }
}

/**
 * lf_pidf_parse:
 * @text: a document; need not end with a zero byte
 * @length: of @text
 * @state: (out): what it says of the line; unknown when it says nothing
 * @is_registered: (out): %FALSE when no phone is connected to the line
 * @error: return location
 *
 * Reads the presence of a line: Asterisk's words, Cisco's and RPID's elements, else whether the line is
 * open at all. @state and @is_registered stay as they are when it fails.
 *
 * Source: RFC 3863, RFC 4480 section 3.2.
 *
 * Returns: %FALSE with %LF_PHONE_XML_ERROR_BAD
 */
gboolean
lf_pidf_parse (const char *text, gsize length, LfPhoneState *state, gboolean *is_registered, GError **error)
{
  static const LfPhoneXmlFuncs funcs = { on_begin, on_end };
  Reader                       reader = { 0 };
  const Word                  *word;

  if (!lf_phone_xml_parse (text, length, &funcs, &reader, error))
    return FALSE;

  word = reader.note != NULL ? reader.note : reader.element;
  if (word != NULL)
    {
      *state = word->state;
      *is_registered = word->is_registered;
    }
  else
    {
      *state = reader.is_open ? LF_PHONE_ON_HOOK : LF_PHONE_UNKNOWN;
      *is_registered = reader.is_open || !reader.has_basic;
    }
  return TRUE;
}
