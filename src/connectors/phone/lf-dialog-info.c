/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include <string.h>

#include "lf-dialog-info.h"
#include "lf-phone-xml.h"

/* RFC 4235 section 4:
 *
 *   <dialog-info version="3" state="full" entity="sip:201@pbx.example">
 *     <dialog id="as7d9" direction="recipient">
 *       <state>early</state>
 *       <local><target uri="…"><param pname="+sip.rendering" pval="no"/></target></local>
 *       <remote><identity display="Ada">sip:202@pbx.example</identity></remote>
 *     </dialog>
 *   </dialog-info>
 */

static const char *const state_names[] = { "trying", "proceeding", "early", "confirmed", "terminated", NULL };

typedef struct
{
  LfDialogInfo *info;
  LfDialog     *dialog;    /* borrowed: the one being read */
  gboolean      is_remote; /* inside <remote>, not <local> */
} Reader;

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, LF_PHONE_XML_ERROR, LF_PHONE_XML_ERROR_BAD, message);
  return FALSE;
}

/* Bounded, without control characters; NULL for nothing. */
static char *
dup_text (const char *text)
{
  g_autofree char *cut = NULL;

  if (text == NULL || *text == '\0')
    return NULL;
  cut = g_utf8_strlen (text, -1) > LF_DIALOG_MAX_CHARS ? g_utf8_substring (text, 0, LF_DIALOG_MAX_CHARS) : g_strdup (text);
  for (char *at = cut; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';

  return g_steal_pointer (&cut);
}

static gboolean
begin_document (Reader *self, const char *name, const char *const *names, const char *const *values, GError **error)
{
  const char *version = lf_phone_xml_get (names, values, "version");
  const char *state = lf_phone_xml_get (names, values, "state");
  guint64     number = 0;

  if (!g_str_equal (name, "dialog-info"))
    return fail (error, "The document is no dialog-info.");
  if (version == NULL || !g_ascii_string_to_unsigned (version, 10, 0, G_MAXUINT32, &number, NULL))
    return fail (error, "The dialog-info has no version.");
  self->info->version = (guint) number;
  self->info->is_full = g_strcmp0 (state, "partial") != 0;
  return TRUE;
}

static gboolean
begin_dialog (Reader *self, const char *const *names, const char *const *values, GError **error)
{
  const char *id = lf_phone_xml_get (names, values, "id");
  const char *direction = lf_phone_xml_get (names, values, "direction");

  if (id == NULL || *id == '\0')
    return fail (error, "A dialog has no id.");
  if (self->info->dialogs->len >= LF_DIALOG_INFO_MAX_DIALOGS)
    return fail (error, "The dialog-info has more than 200 dialogs.");
  self->dialog = g_new0 (LfDialog, 1);
  self->dialog->id = dup_text (id);
  self->dialog->call_id = dup_text (lf_phone_xml_get (names, values, "call-id"));
  self->dialog->started_us = LF_INSTANT_NONE;
  self->dialog->answered_us = LF_INSTANT_NONE;
  self->dialog->state = LF_DIALOG_TERMINATED;
  if (g_strcmp0 (direction, "recipient") == 0)
    self->dialog->direction = LF_CALL_INCOMING;
  else if (g_strcmp0 (direction, "initiator") == 0)
    self->dialog->direction = LF_CALL_OUTGOING;
  g_ptr_array_add (self->info->dialogs, self->dialog);
  return TRUE;
}

/* "+sip.rendering" of "no": this end hears nothing (RFC 4235 section 4.1.6.2, RFC 3840). Asterisk writes
 * pvalue for pval. */
static void
read_param (Reader *self, const char *const *names, const char *const *values)
{
  const char *name = lf_phone_xml_get (names, values, "pname");
  const char *value = lf_phone_xml_get (names, values, "pval");

  if (value == NULL)
    value = lf_phone_xml_get (names, values, "pvalue");
  if (g_strcmp0 (name, "+sip.rendering") == 0 && g_strcmp0 (value, "no") == 0)
    self->dialog->is_held = TRUE;
}

static gboolean
on_begin (const char *name, guint depth, const char *const *names, const char *const *values, gpointer user_data, GError **error)
{
  Reader *self = user_data;

  if (depth == 0)
    return begin_document (self, name, names, values, error);
  if (depth == 1)
    return !g_str_equal (name, "dialog") || begin_dialog (self, names, values, error);
  if (self->dialog == NULL)
    return TRUE;
  if (depth == 2 && (g_str_equal (name, "remote") || g_str_equal (name, "local")))
    self->is_remote = g_str_equal (name, "remote");
  else if (g_str_equal (name, "param") && !self->is_remote)
    read_param (self, names, values);
  else if (g_str_equal (name, "identity") && self->is_remote && self->dialog->peer_name == NULL)
    self->dialog->peer_name = dup_text (lf_phone_xml_get (names, values, "display"));
  return TRUE;
}

static void
on_end (const char *name, guint depth, const char *text, gpointer user_data)
{
  Reader *self = user_data;

  if (depth == 1)
    self->dialog = NULL;
  if (self->dialog == NULL)
    return;
  if (depth == 2 && g_str_equal (name, "state"))
    {
      for (guint i = 0; state_names[i] != NULL; i++)
        if (g_str_equal (text, state_names[i]))
          self->dialog->state = (LfDialogState) i;
    }
  else if (g_str_equal (name, "identity") && self->is_remote && self->dialog->peer == NULL)
    self->dialog->peer = dup_text (text);
}

/**
 * lf_dialog_info_parse:
 * @text: a document; need not end with a zero byte
 * @length: of @text
 * @error: return location
 *
 * Reads a document of event package "dialog". A dialog in a state that RFC 4235 does not have counts as
 * terminated.
 *
 * Source: RFC 4235 section 4.
 *
 * Returns: (transfer full) (nullable): what it says, %NULL with %LF_PHONE_XML_ERROR_BAD
 */
LfDialogInfo *
lf_dialog_info_parse (const char *text, gsize length, GError **error)
{
  static const LfPhoneXmlFuncs funcs = { on_begin, on_end };
  g_autoptr (LfDialogInfo)     info = g_new0 (LfDialogInfo, 1);
  Reader                       reader = { .info = info };

  info->dialogs = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_dialog_free);
  return lf_phone_xml_parse (text, length, &funcs, &reader, error) ? g_steal_pointer (&info) : NULL;
}

/**
 * lf_dialog_info_free:
 * @self: (transfer full) (nullable): a document
 *
 * Frees it with its dialogs.
 */
void
lf_dialog_info_free (LfDialogInfo *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->dialogs);
  g_free (self);
}

/**
 * lf_dialog_free:
 * @self: (transfer full): a dialog
 *
 * Frees it.
 */
void
lf_dialog_free (LfDialog *self)
{
  g_free (self->id);
  g_free (self->peer);
  g_free (self->peer_name);
  g_free (self->call_id);
  g_free (self);
}

/**
 * lf_dialog_is_own:
 * @self: a dialog
 *
 * Returns: %TRUE if it is a leg that this connector, or another one, has made: no call of anybody's
 */
gboolean
lf_dialog_is_own (const LfDialog *self)
{
  return self->call_id != NULL && g_str_has_prefix (self->call_id, LF_OWN_CALL_ID_PREFIX);
}
