/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-cache-change.h"

const char *const lf_cache_kind_names[LF_N_CACHE_KINDS] = {
  "me",
  "groups",
  "contact",
  "presence",
  "busy",
  "conversation",
};

const LfSchema *const lf_cache_kind_schemas[LF_N_CACHE_KINDS] = {
  &lf_schema_me,
  &lf_schema_groups,
  &lf_schema_contact,
  &lf_schema_presence,
  &lf_schema_busy,
  &lf_schema_conversation,
};

/**
 * lf_letter_new:
 * @id: of the message
 * @conversation: where it goes
 * @user: who it is for
 * @body: text
 * @written_at_us: when it was written
 *
 * Returns: (transfer full): a letter that nobody has refused
 */
LfLetter *
lf_letter_new (const char *id,
               const char *conversation,
               const char *user,
               const char *body,
               gint64      written_at_us)
{
  LfLetter *self = g_new0 (LfLetter, 1);

  self->id = g_strdup (id);
  self->conversation = g_strdup (conversation);
  self->user = g_strdup (user);
  self->body = g_strdup (body);
  self->written_at_us = written_at_us;
  return self;
}

/**
 * lf_letter_copy:
 * @self: a letter
 *
 * Returns: (transfer full): the same, of which nobody knows yet whether it is refused
 */
LfLetter *
lf_letter_copy (const LfLetter *self)
{
  return lf_letter_new (self->id, self->conversation, self->user, self->body, self->written_at_us);
}

/**
 * lf_letter_free:
 * @self: (transfer full): a letter
 */
void
lf_letter_free (LfLetter *self)
{
  g_free (self->id);
  g_free (self->conversation);
  g_free (self->user);
  g_free (self->body);
  g_free (self);
}

/**
 * lf_cache_contents_new:
 *
 * Returns: (transfer full): what an empty cache holds
 */
LfCacheContents *
lf_cache_contents_new (void)
{
  LfCacheContents *self = g_new0 (LfCacheContents, 1);

  self->as_of_us = LF_INSTANT_NONE;
  for (guint kind = 0; kind < LF_N_CACHE_KINDS; kind++)
    self->documents[kind] = g_ptr_array_new ();
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_schema_message_cleanup);
  self->letters = g_ptr_array_new_with_free_func ((GDestroyNotify) lf_letter_free);
  return self;
}

/**
 * lf_cache_contents_free:
 * @self: (transfer full): contents
 */
void
lf_cache_contents_free (LfCacheContents *self)
{
  for (guint kind = 0; kind < LF_N_CACHE_KINDS; kind++)
    {
      for (guint i = 0; i < self->documents[kind]->len; i++)
        lf_codec_free (lf_cache_kind_schemas[kind], self->documents[kind]->pdata[i]);
      g_ptr_array_unref (self->documents[kind]);
    }
  g_ptr_array_unref (self->messages);
  g_ptr_array_unref (self->letters);
  g_free (self);
}

static char *
encode (const LfSchema *schema,
        gconstpointer   value)
{
  GString *text = g_string_new (NULL);

  lf_codec_encode (schema, value, text);
  return g_string_free (text, FALSE);
}

/**
 * lf_cache_change_new:
 * @action: what to do
 * @key: (nullable): to what
 *
 * Returns: (transfer full): a change, to be filled in
 */
LfCacheChange *
lf_cache_change_new (LfCacheAction action,
                     const char   *key)
{
  LfCacheChange *self = g_new0 (LfCacheChange, 1);

  self->action = action;
  self->key = g_strdup (key);
  return self;
}

/**
 * lf_cache_change_new_document:
 * @kind: of what
 * @key: which
 * @document: (nullable): the struct of the kind's schema; %NULL: there is none any more
 *
 * Returns: (transfer full): the change that keeps it
 */
LfCacheChange *
lf_cache_change_new_document (LfCacheKind   kind,
                              const char   *key,
                              gconstpointer document)
{
  LfCacheChange *self = lf_cache_change_new (document != NULL ? LF_CACHE_SET : LF_CACHE_UNSET, key);

  self->kind = kind;
  if (document != NULL)
    self->text = encode (lf_cache_kind_schemas[kind], document);
  return self;
}

/**
 * lf_cache_change_new_message:
 * @message: with its sequence number
 *
 * Returns: (transfer full): the change that keeps it
 */
LfCacheChange *
lf_cache_change_new_message (const LfWireMessage *message)
{
  LfCacheChange *self = lf_cache_change_new (LF_CACHE_ADD_MESSAGE, message->conversation);

  self->number = message->seq;
  self->text = encode (&lf_schema_message, message);
  return self;
}

/**
 * lf_cache_change_free:
 * @self: (transfer full): a change
 */
void
lf_cache_change_free (LfCacheChange *self)
{
  g_free (self->key);
  g_free (self->text);
  g_clear_pointer (&self->letter, lf_letter_free);
  g_free (self);
}
