/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-routes"

#include "config.h"

#include "lf-route-job.h"
#include "lf-store-chat.h"

#define DEFAULT_ITEMS 50

/* Borrowed from the request but for what comes out. */
typedef struct
{
  const char              *user;
  const char              *conversation;
  const char              *other;
  const char              *client_id;
  const char              *body;
  const char              *cursor; /* nullable */
  gint64                   before;
  gint64                   limit;
  gint64                   seq;
  gint64                   now_us;
  gboolean                 is_new;   /* out */
  GStrv                    members;  /* out */
  LfChatMark               mark;     /* out */
  LfWireConversation      *opened;   /* out */
  LfWireConversationsPage *page;     /* out */
  LfWireMessagesPage      *messages; /* out */
  LfWireMessage           *message;  /* out */
} ChatJob;

static void
chat_job_free (ChatJob *job)
{
  g_strfreev (job->members);
  lf_chat_mark_clear (&job->mark);
  lf_codec_free (&lf_schema_conversation, job->opened);
  lf_codec_free (&lf_schema_conversations_page, job->page);
  lf_codec_free (&lf_schema_messages_page, job->messages);
  lf_codec_free (&lf_schema_message, job->message);
  g_free (job);
}

static ChatJob *
chat_job_new (LfServer *server, LfHttpRequest *request, gboolean has_conversation)
{
  ChatJob *job = g_new0 (ChatJob, 1);

  job->user = lf_http_request_get_user (request);
  job->conversation = has_conversation ? lf_http_request_get_param (request, "id") : NULL;
  job->now_us = lf_clock_get_now_us (server->clock);

  return job;
}

static gboolean
run_list (LfDb *db, gpointer data, GError **error)
{
  ChatJob *job = data;

  job->page = lf_store_chat_list (db, job->user, job->cursor, job->limit, error);
  return job->page != NULL;
}

static gboolean
run_open (LfDb *db, gpointer data, GError **error)
{
  ChatJob *job = data;

  job->opened = lf_store_chat_open (db, job->user, job->other, job->now_us, &job->is_new, error);
  return job->opened != NULL;
}

static gboolean
run_history (LfDb *db, gpointer data, GError **error)
{
  ChatJob *job = data;

  job->messages = lf_store_chat_history (db, job->user, job->conversation, job->before, job->limit, error);
  return job->messages != NULL;
}

static gboolean
run_put (LfDb *db, gpointer data, GError **error)
{
  ChatJob *job = data;

  job->message = lf_store_chat_put (db, job->user, job->conversation, job->client_id, job->body, job->now_us, &job->is_new, &job->members,
                                    error);
  return job->message != NULL;
}

static gboolean
run_read (LfDb *db, gpointer data, GError **error)
{
  ChatJob *job = data;

  return lf_store_chat_mark_read (db, job->user, job->conversation, job->seq, &job->mark, error);
}

static gboolean
run_delivered (LfDb *db, gpointer data, GError **error)
{
  ChatJob *job = data;

  return lf_store_chat_mark_delivered (db, job->user, job->conversation, job->seq, &job->mark, error);
}

static void
on_listed (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const ChatJob *job = data;

  lf_http_request_respond (request, 200, &lf_schema_conversations_page, job->page);
}

static void
on_opened (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const ChatJob *job = data;

  lf_http_request_respond (request, job->is_new ? 201 : 200, &lf_schema_conversation, job->opened);
  if (!job->is_new)
    return;

  lf_hub_watch (server->hub, job->user, job->other, LF_WATCH_CONVERSATION);
  lf_hub_watch (server->hub, job->other, job->user, LF_WATCH_CONVERSATION);
}

static void
on_history_read (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const ChatJob *job = data;

  lf_http_request_respond (request, 200, &lf_schema_messages_page, job->messages);
}

static void
on_message_put (LfServer *server, LfHttpRequest *request, gpointer data)
{
  const ChatJob *job = data;

  lf_http_request_respond (request, job->is_new ? 201 : 200, &lf_schema_message, job->message);
  for (guint i = 0; job->is_new && job->members[i] != NULL; i++)
    {
      gboolean is_sender = g_str_equal (job->members[i], job->user);

      lf_hub_send (server->hub, job->members[i], is_sender ? lf_http_request_get_session (request) : NULL, LF_FRAME_MESSAGE, job->message);
    }
}

/* The person's own other devices always hear of it; the others of the conversation where they may. */
static void
tell_mark (LfServer *server, LfHttpRequest *request, const ChatJob *job, LfFrameType type)
{
  LfWireMark mark = { .conversation = (char *) job->conversation, .user = (char *) job->user, .seq = job->mark.seq };

  lf_http_request_respond_empty (request, 204);
  for (guint i = 0; job->mark.changed && job->mark.members[i] != NULL; i++)
    {
      gboolean is_own = g_str_equal (job->mark.members[i], job->user);

      if (is_own || job->mark.is_shown)
        lf_hub_send (server->hub, job->mark.members[i], is_own ? lf_http_request_get_session (request) : NULL, type, &mark);
    }
}

static void
on_read_marked (LfServer *server, LfHttpRequest *request, gpointer data)
{
  tell_mark (server, request, data, LF_FRAME_READ);
}

static void
on_delivered_marked (LfServer *server, LfHttpRequest *request, gpointer data)
{
  tell_mark (server, request, data, LF_FRAME_DELIVERED);
}

static void
get_conversations (LfServer *server, LfHttpRequest *request)
{
  gint64   limit = 0;
  ChatJob *job;

  if (!lf_http_request_read_int (request, "limit", 1, LF_PAGE_MAX_ITEMS, DEFAULT_ITEMS, &limit))
    return;

  job = chat_job_new (server, request, FALSE);
  job->cursor = lf_http_request_get_query (request, "cursor");
  job->limit = limit;
  lf_route_read (server, request, run_list, job, (GDestroyNotify) chat_job_free, on_listed);
}

static void
post_conversation (LfServer *server, LfHttpRequest *request)
{
  const LfWireConversationRequest *body = lf_http_request_get_body (request);
  ChatJob                         *job;

  if (g_strv_length (body->members) != 1)
    {
      lf_http_request_respond_problem (request, LF_PROBLEM_BAD_REQUEST, "Member “members” must name one person, the other side.", 0);
      return;
    }

  job = chat_job_new (server, request, FALSE);
  job->other = body->members[0];
  lf_route_write (server, request, run_open, job, (GDestroyNotify) chat_job_free, on_opened);
}

static void
get_messages (LfServer *server, LfHttpRequest *request)
{
  gint64   limit = 0;
  gint64   before = 0;
  ChatJob *job;

  if (!lf_http_request_read_int (request, "limit", 1, LF_PAGE_MAX_ITEMS, DEFAULT_ITEMS, &limit) ||
      !lf_http_request_read_int (request, "before", 1, G_MAXINT64, 0, &before))
    return;

  job = chat_job_new (server, request, TRUE);
  job->limit = limit;
  job->before = before;
  lf_route_read (server, request, run_history, job, (GDestroyNotify) chat_job_free, on_history_read);
}

static void
put_message (LfServer *server, LfHttpRequest *request)
{
  const LfWireMessageBody *body = lf_http_request_get_body (request);
  const char              *client_id = lf_http_request_get_param (request, "client_id");
  ChatJob                 *job;

  if (!g_uuid_string_is_valid (client_id))
    {
      lf_http_request_respond_problem (request, LF_PROBLEM_BAD_REQUEST, "A message's id is a UUID, made by who sends it.", 0);
      return;
    }
  if (!lf_message_body_is_valid (body->body))
    {
      lf_http_request_respond_problem (request, LF_PROBLEM_BAD_REQUEST, "Member “body” must have 1 to 8000 characters that are not all blank.", 0);
      return;
    }

  job = chat_job_new (server, request, TRUE);
  job->client_id = client_id;
  job->body = body->body;
  lf_route_write (server, request, run_put, job, (GDestroyNotify) chat_job_free, on_message_put);
}

static void
put_read (LfServer *server, LfHttpRequest *request)
{
  const LfWireSeq *body = lf_http_request_get_body (request);
  ChatJob         *job = chat_job_new (server, request, TRUE);

  job->seq = body->seq;
  lf_route_write (server, request, run_read, job, (GDestroyNotify) chat_job_free, on_read_marked);
}

static void
put_delivered (LfServer *server, LfHttpRequest *request)
{
  const LfWireSeq *body = lf_http_request_get_body (request);
  ChatJob         *job = chat_job_new (server, request, TRUE);

  job->seq = body->seq;
  lf_route_write (server, request, run_delivered, job, (GDestroyNotify) chat_job_free, on_delivered_marked);
}

const LfRoute lf_routes_conversations[] = {
  { "GET", "/conversations", LF_ACCESS_PERSON, NULL, get_conversations },
  { "POST", "/conversations", LF_ACCESS_PERSON, &lf_schema_conversation_request, post_conversation },
  { "GET", "/conversations/{id}/messages", LF_ACCESS_PERSON, NULL, get_messages },
  { "PUT", "/conversations/{id}/messages/{client_id}", LF_ACCESS_PERSON, &lf_schema_message_body, put_message },
  { "PUT", "/conversations/{id}/read", LF_ACCESS_PERSON, &lf_schema_seq, put_read },
  { "PUT", "/conversations/{id}/delivered", LF_ACCESS_PERSON, &lf_schema_seq, put_delivered },
  { NULL }
};
