/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "lf-session.h"
#include "lf-telephone.h"

G_BEGIN_DECLS

/**
 * LfClientState:
 * @LF_CLIENT_SIGNED_OUT: no session; show the sign-in page
 * @LF_CLIENT_SIGNING_IN: password or stored token is being checked
 * @LF_CLIENT_CONNECTING: signed in, first snapshot not complete yet
 * @LF_CLIENT_ONLINE: the snapshot is whole and changes arrive
 * @LF_CLIENT_RECONNECTING: the stream is lost; statuses age ("as of"), it comes back by itself
 */
typedef enum
{
  LF_CLIENT_SIGNED_OUT,
  LF_CLIENT_SIGNING_IN,
  LF_CLIENT_CONNECTING,
  LF_CLIENT_ONLINE,
  LF_CLIENT_RECONNECTING,
} LfClientState;

#define LF_TYPE_CLIENT (lf_client_get_type ())

/**
 * LfClient:
 *
 * The whole client without a window: session, tokens, stream, roster, conversations, own status.
 * Everything runs on the main context it was made on.
 *
 * Properties: "state" (uint), "as-of-us" (int64: last received frame, while reconnecting),
 * "unread" (uint: of all conversations). "me" changes are told by the signal "me-changed".
 *
 * Signals:
 * - "me-changed": status, DND, visibility or profile of the user changed.
 * - "message-received" (LfConversation *, LfMessageItem *): another's message arrived live (not history).
 * - "became-available" (LfContact *): a watched or armed contact became available (design.md section 1).
 * - "signed-out" (GError *): the session ended by itself (revoked, expired, replaced); nullable error.
 * - "notice" (GError *): something the user should read once (no keyring, a change refused).
 */
G_DECLARE_FINAL_TYPE (LfClient, lf_client, LF, CLIENT, GObject)

LfClient       *lf_client_new (LfClock *clock);
LfClock        *lf_client_get_clock (LfClient *self);
LfClientState   lf_client_get_state (LfClient *self);
gint64          lf_client_get_as_of_us (LfClient *self);
const char     *lf_client_get_server (LfClient *self);        /* nullable */
LfRoster       *lf_client_get_roster (LfClient *self);        /* without the user itself */
LfContact      *lf_client_get_own (LfClient *self);           /* the user as others see; nullable while signed out */
const LfWireMe *lf_client_get_me (LfClient *self);            /* nullable while signed out */
GListModel     *lf_client_get_conversations (LfClient *self); /* of LfConversation, latest first */
guint           lf_client_get_unread (LfClient *self);        /* of all conversations */
LfTelephone    *lf_client_get_telephone (LfClient *self);     /* transfer none */
LfSession      *lf_client_get_session (LfClient *self);       /* nullable while signed out; for parts that publish */

/* Session. sign_in: @remember keeps the refresh token in the keyring; LF_ERROR_BAD_CREDENTIALS,
 * LF_ERROR_INSECURE, LF_ERROR_UNAVAILABLE, LF_ERROR_RATE_LIMITED, LF_ERROR_VERSION. The task ends when signed in;
 * "state" then goes on to ONLINE by itself. A keyring that does not answer is a "notice", not a failure. */
void     lf_client_sign_in_async (LfClient *self, const char *server, const char *login, const char *password, gboolean remember, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean lf_client_sign_in_finish (LfClient *self, GAsyncResult *result, GError **error);
/* From the keyring: server and login say which. LF_ERROR_NOT_FOUND when nothing is stored. */
void     lf_client_restore_async (LfClient *self, const char *server, const char *login, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean lf_client_restore_finish (LfClient *self, GAsyncResult *result, GError **error);
/* With a refresh token from elsewhere (lampfield --session-fd): nothing is stored. */
void     lf_client_resume_with_token_async (LfClient *self, const char *server, const char *refresh_token, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean lf_client_resume_with_token_finish (LfClient *self, GAsyncResult *result, GError **error);
void     lf_client_sign_out_async (LfClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean lf_client_sign_out_finish (LfClient *self, GAsyncResult *result, GError **error);
/* Says bye and closes the stream, keeps the session: before quit, or before suspend. */
void lf_client_disconnect (LfClient *self);
/* Tries to reconnect now instead of at the end of the back-off. */
void lf_client_reconnect_now (LfClient *self);

/* Own status. Each is one PUT; the change is seen at once ("me-changed") and taken back with a "notice" if refused. */
void lf_client_set_status (LfClient *self, LfChoice choice, const char *text, const char *emoji, gint64 expires_at_us);
void lf_client_clear_status (LfClient *self);
void lf_client_set_dnd (LfClient *self, gboolean is_on, gint64 expires_at_us);
void lf_client_set_invisible (LfClient *self, gboolean is_invisible);
/* Waits for the server's answer to what was set of these: success, or why it was taken back. */
void     lf_client_settle_async (LfClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean lf_client_settle_finish (LfClient *self, GAsyncResult *result, GError **error);
/* What the desktop says: online, idle or away. Repeated by the library after each reconnect. */
void lf_client_set_reach (LfClient *self, LfReachabilityState state, gint64 since_us);
void lf_client_set_is_on_the_phone (LfClient *self, gboolean is_on_the_phone);

/* Roster. Changed at once, taken back with a "notice" if the server refuses. */
void lf_client_add_contact (LfClient *self, LfContact *contact, const char *group_id);
void lf_client_remove_contact (LfClient *self, LfContact *contact);
void lf_client_set_favourite (LfClient *self, LfContact *contact, gboolean is_favourite);
void lf_client_set_watched (LfClient *self, LfContact *contact, gboolean is_watched);
/* "Tell me when free", once: kept on this device until it fires or the day ends. */
void lf_client_set_armed (LfClient *self, LfContact *contact, gboolean is_armed);
void lf_client_move_to_group (LfClient *self, LfContact *contact, const char *group_id);
/* Makes a group: @name; returns its id (transfer full). */
char    *lf_client_add_group (LfClient *self, const char *name);
void     lf_client_set_blocked (LfClient *self, LfContact *contact, gboolean is_blocked);
gboolean lf_client_get_is_blocked (LfClient *self, LfContact *contact);

/* What others see of the user's calendar. LF_CALENDAR_VIEW_DEFAULT: not known yet. "me-changed" tells of changes;
 * one is seen at once, and taken back with a "notice" if refused. */
LfCalendarView lf_client_get_calendar_view (LfClient *self);
void           lf_client_set_calendar_view (LfClient *self, LfCalendarView view);

/* Speed dials: the contacts that are lamps, in the user's order. A change is seen at once as well. */
GListModel *lf_client_get_speed_dials (LfClient *self);                           /* of LfContact, transfer none */
void        lf_client_set_speed_dials (LfClient *self, const char *const *users); /* contacts, in order; at most LF_SPEED_DIAL_MAX */

/* Directory: at least 2 characters. Returns a GListModel of LfContact (transfer full); those who are in
 * the roster are the roster's own objects; the others carry presence fetched once. */
void        lf_client_search_async (LfClient *self, const char *words, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GListModel *lf_client_search_finish (LfClient *self, GAsyncResult *result, GError **error);

/* The contact whose page is open: its calendar is pulled without delay. Nullable. */
void lf_client_set_open_contact (LfClient *self, LfContact *contact);

/* Chat. The conversation with one person, made on the server when new. */
void            lf_client_open_conversation_async (LfClient *self, const char *user, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
LfConversation *lf_client_open_conversation_finish (LfClient *self, GAsyncResult *result, GError **error); /* transfer full */
LfConversation *lf_client_lookup_conversation (LfClient *self, const char *user);                          /* transfer none, nullable */
/* The one way to send, online or not: shown as pending at once. Transfer none; NULL for an empty or too long body. */
LfMessageItem *lf_client_send (LfClient *self, LfConversation *conversation, const char *body);
void           lf_client_resend (LfClient *self, LfConversation *conversation, LfMessageItem *item);
void           lf_client_load_history_async (LfClient *self, LfConversation *conversation, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean       lf_client_load_history_finish (LfClient *self, GAsyncResult *result, GError **error);
/* The conversation is in front of the user: marks it read up to its last message. */
void lf_client_mark_read (LfClient *self, LfConversation *conversation);
/* The user types: sent at most every 3 s. */
void lf_client_tell_typing (LfClient *self, LfConversation *conversation);

/* Asks when the calendars in "me" were read last, which the server does not tell by itself; "me-changed" then. */
void lf_client_refresh_calendars (LfClient *self);
/* Ends the user's own current meeting for everyone ("I left early"). */
void lf_client_leave_early (LfClient *self);

G_END_DECLS
