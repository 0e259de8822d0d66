/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-wire.h"

G_BEGIN_DECLS

/**
 * LfCacheKind:
 * @LF_CACHE_ME: what belongs to the user; one document
 * @LF_CACHE_GROUPS: the groups of the roster; one document
 * @LF_CACHE_CONTACT: a contact, by user
 * @LF_CACHE_PRESENCE: phone and reachability, by user
 * @LF_CACHE_BUSY: busy periods, by user
 * @LF_CACHE_CONVERSATION: a conversation summed up, by id
 *
 * The documents that a cache keeps. Each is what the server sent of it, in the codec's words.
 */
typedef enum
{
  LF_CACHE_ME,
  LF_CACHE_GROUPS,
  LF_CACHE_CONTACT,
  LF_CACHE_PRESENCE,
  LF_CACHE_BUSY,
  LF_CACHE_CONVERSATION,
} LfCacheKind;

#define LF_N_CACHE_KINDS 6

extern const char *const     lf_cache_kind_names[LF_N_CACHE_KINDS];
extern const LfSchema *const lf_cache_kind_schemas[LF_N_CACHE_KINDS];

#define LF_CACHE_SINGLE_KEY "" /* of a kind with one document */

/**
 * LfLetter:
 * @id: of the message
 * @conversation: where it goes
 * @user: the other side; who it is for, should the server have forgotten the conversation
 * @body: text
 * @written_at_us: when it was written, by the client's clock
 * @is_failed: the server refused it: it waits for the user
 *
 * A message that the server has not acknowledged.
 */
typedef struct
{
  char    *id;
  char    *conversation;
  char    *user;
  char    *body;
  gint64   written_at_us;
  gboolean is_failed;
} LfLetter;

LfLetter *lf_letter_new (const char *id, const char *conversation, const char *user, const char *body, gint64 written_at_us);
LfLetter *lf_letter_copy (const LfLetter *self);
void      lf_letter_free (LfLetter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfLetter, lf_letter_free)

/**
 * LfCacheAction:
 * @LF_CACHE_SET: the document (kind, key) is now @text
 * @LF_CACHE_UNSET: the document (kind, key) is gone
 * @LF_CACHE_AS_OF: everything is as of instant @number
 * @LF_CACHE_ADD_MESSAGE: message @number of conversation @key is @text
 * @LF_CACHE_DROP_MESSAGES: the messages of conversation @key are forgotten
 * @LF_CACHE_CLEAR_DOCUMENTS: all documents are forgotten
 * @LF_CACHE_CLEAR_MESSAGES: all messages are forgotten
 * @LF_CACHE_MOVE_LETTERS: letters to conversation @key go to conversation @text
 * @LF_CACHE_ADD_LETTER: @letter waits, behind all others
 * @LF_CACHE_FAIL_LETTER: the letter @key was refused
 * @LF_CACHE_DROP_LETTER: the letter @key has arrived
 *
 * What can be done to a cache.
 */
typedef enum
{
  LF_CACHE_SET,
  LF_CACHE_UNSET,
  LF_CACHE_AS_OF,
  LF_CACHE_ADD_MESSAGE,
  LF_CACHE_DROP_MESSAGES,
  LF_CACHE_CLEAR_DOCUMENTS,
  LF_CACHE_CLEAR_MESSAGES,
  LF_CACHE_MOVE_LETTERS,
  LF_CACHE_ADD_LETTER,
  LF_CACHE_FAIL_LETTER,
  LF_CACHE_DROP_LETTER,
} LfCacheAction;

typedef struct
{
  LfCacheAction action;
  LfCacheKind   kind;
  gint64        number;
  char         *key;    /* owned, nullable */
  char         *text;   /* owned, nullable */
  LfLetter     *letter; /* owned, nullable */
} LfCacheChange;

/**
 * LfCacheContents:
 * @as_of_us: when the last frame came from the server; %LF_INSTANT_NONE for a cache without people
 * @documents: per kind, of structs of its schema
 * @messages: of LfWireMessage, by conversation and sequence number
 * @letters: of LfLetter, in the order they were written
 *
 * All that a cache holds.
 */
typedef struct
{
  gint64     as_of_us;
  GPtrArray *documents[LF_N_CACHE_KINDS];
  GPtrArray *messages;
  GPtrArray *letters;
} LfCacheContents;

LfCacheContents *lf_cache_contents_new (void);
void             lf_cache_contents_free (LfCacheContents *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfCacheContents, lf_cache_contents_free)

LfCacheChange *lf_cache_change_new (LfCacheAction action, const char *key);
LfCacheChange *lf_cache_change_new_document (LfCacheKind kind, const char *key, gconstpointer document); /* NULL: gone */
LfCacheChange *lf_cache_change_new_message (const LfWireMessage *message);
void           lf_cache_change_free (LfCacheChange *self);

G_END_DECLS
