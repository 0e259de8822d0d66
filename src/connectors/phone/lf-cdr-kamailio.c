/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include <string.h>

#include "lf-cdr-kamailio.h"
#include "lf-dialog-info.h"

/* A line of the log, as the module acc writes it, here with the log_extra of docs/phones.md:
 *
 *   … ACC: transaction answered: timestamp=1772442906;method=INVITE;from_tag=a;to_tag=b;call_id=c@d;code=200;reason=OK;
 *   src_user=2041;src_domain=pbx.example;dst_ouser=2042;dst_odomain=pbx.example;started=1772442900
 *
 * The log holds other lines, too. A reason is whatever the other end has written: a line that has a name twice is
 * not believed. */
typedef enum
{
  TIMESTAMP,
  METHOD,
  CALL_ID,
  CODE,
  SRC_USER,
  SRC_DOMAIN,
  DST_OUSER,
  DST_USER,
  DST_ODOMAIN,
  STARTED,
  N_FIELDS
} Field;

static const char *const field_names[N_FIELDS] = { "timestamp", "method", "call_id", "code", "src_user", "src_domain", "dst_ouser", "dst_user", "dst_odomain", "started" };

#define MAX_TIMESTAMP_S (G_GINT64_CONSTANT (4102444800)) /* the year 2100 */

typedef struct
{
  LfCdr       cdr;
  LfCdrPlace *place; /* owned */
  GList       link;  /* in the order of their begin */
} Call;

struct _LfAcc
{
  const LfPhoneConfig *config; /* borrowed: outlives this */
  LfAccFunc            func;
  gpointer             user_data;
  GHashTable          *calls; /* owned: Call-ID → Call, owned */
  GQueue               order;
};

static void
clear_fields (char *fields[N_FIELDS])
{
  for (guint i = 0; i < N_FIELDS; i++)
    g_clear_pointer (&fields[i], g_free);
}

static gboolean
read_fields (const char *text, char *fields[N_FIELDS])
{
  while (text != NULL)
    {
      gsize length = strcspn (text, ";");

      for (guint i = 0; i < N_FIELDS; i++)
        {
          gsize name_length = strlen (field_names[i]);

          if (strncmp (text, field_names[i], name_length) != 0 || text[name_length] != '=')
            continue;
          if (fields[i] != NULL)
            return FALSE;
          fields[i] = g_strndup (text + name_length + 1, length - name_length - 1);
        }
      text = text[length] != '\0' ? text + length + 1 : NULL;
    }
  return TRUE;
}

static gboolean
read_instant (const char *text, gint64 *instant_us)
{
  gint64 seconds;

  if (text == NULL || !g_ascii_string_to_signed (text, 10, 1, MAX_TIMESTAMP_S, &seconds, NULL))
    return FALSE;
  *instant_us = seconds * LF_SECOND;
  return TRUE;
}

/* One end of a call: its address, and its extension where it is one of this PBX. */
static void
read_party (const LfPhoneConfig *config, const char *user, const char *domain, char **line, char **address)
{
  if (user == NULL || *user == '\0')
    return;
  if (domain == NULL || *domain == '\0' || lf_phone_config_is_own_host (config, domain))
    *line = g_strdup (user);
  *address = g_strdup_printf ("sip:%s@%s", user, *line != NULL ? config->domain : domain);
}

static void
read_call (LfAcc *self, char *fields[N_FIELDS], gint64 now_us, gboolean is_answered, LfCdr *cdr)
{
  const char *dialled = fields[DST_OUSER] != NULL && *fields[DST_OUSER] != '\0' ? fields[DST_OUSER] : fields[DST_USER];

  *cdr = (LfCdr){ .call_id = g_strdup (fields[CALL_ID]), .is_taken = is_answered };
  read_party (self->config, fields[SRC_USER], fields[SRC_DOMAIN], &cdr->caller_line, &cdr->caller);
  read_party (self->config, dialled, fields[DST_ODOMAIN], &cdr->callee_line, &cdr->callee);
  if (!read_instant (fields[STARTED], &cdr->started_us) || cdr->started_us > now_us)
    cdr->started_us = now_us;
  cdr->answered_us = is_answered ? now_us : LF_INSTANT_NONE;
  cdr->ended_us = is_answered ? LF_INSTANT_NONE : now_us;
}

static void
free_call (gpointer data)
{
  Call *call = data;

  lf_cdr_place_unref (call->place);
  lf_cdr_clear (&call->cdr);
  g_free (call);
}

static void
drop_call (LfAcc *self, Call *call)
{
  g_queue_unlink (&self->order, &call->link);
  g_hash_table_remove (self->calls, call->cdr.call_id);
}

static void
begin_call (LfAcc *self, const LfCdr *cdr, LfCdrPlace *place)
{
  Call *call = g_new0 (Call, 1);

  call->cdr = *cdr;
  call->place = lf_cdr_place_ref (place);
  call->link.data = call;
  g_hash_table_insert (self->calls, call->cdr.call_id, call);
  g_queue_push_tail_link (&self->order, &call->link);
}

/* It is told when the call was over, or that nobody knows. */
static void
end_call (LfAcc *self, Call *call, gint64 ended_us)
{
  call->cdr.ended_us = ended_us != LF_INSTANT_NONE ? MAX (ended_us, call->cdr.answered_us) : LF_INSTANT_NONE;
  self->func (&call->cdr, call->place, self->user_data);
  drop_call (self, call);
}

static void
give_up_old (LfAcc *self, gint64 now_us)
{
  const GList *oldest;

  while ((oldest = g_queue_peek_head_link (&self->order)) != NULL &&
         (self->order.length >= LF_ACC_MAX_CALLS || ((const Call *) oldest->data)->cdr.answered_us < now_us - LF_ACC_MAX_US))
    end_call (self, oldest->data, LF_INSTANT_NONE);
}

static void
take_invite (LfAcc *self, char *fields[N_FIELDS], gint64 code, gint64 now_us, LfCdrPlace *place)
{
  g_auto (LfCdr) cdr = { 0 };

  if (code < 200 || code == 401 || code == 407 || g_hash_table_contains (self->calls, fields[CALL_ID]))
    return; /* a question for the password; or other telephones that rang, and changes of a call that goes on */
  read_call (self, fields, now_us, code < 300, &cdr);
  if (code >= 300)
    {
      self->func (&cdr, place, self->user_data);
      return;
    }
  give_up_old (self, now_us);
  begin_call (self, &cdr, place);
  cdr = (LfCdr){ 0 };
}

static const char *
take_fields (LfAcc *self, char *fields[N_FIELDS], LfCdrPlace *place)
{
  gint64 now_us, code;

  if (!read_instant (fields[TIMESTAMP], &now_us))
    return "its timestamp is no number of seconds";
  if (fields[CODE] == NULL || !g_ascii_string_to_signed (fields[CODE], 10, 100, 699, &code, NULL))
    return "its code is none of SIP";
  if (fields[METHOD] == NULL || fields[CALL_ID] == NULL || *fields[CALL_ID] == '\0')
    return "it has no method, or no Call-ID";
  if (g_str_has_prefix (fields[CALL_ID], LF_OWN_CALL_ID_PREFIX))
    return NULL;
  if (g_str_equal (fields[METHOD], "INVITE") && fields[SRC_USER] == NULL)
    return "it does not say who called; see log_extra";
  if (g_str_equal (fields[METHOD], "INVITE"))
    take_invite (self, fields, code, now_us, place);
  else if (g_str_equal (fields[METHOD], "BYE") && code != 401 && code != 407)
    {
      Call *call = g_hash_table_lookup (self->calls, fields[CALL_ID]);

      if (call != NULL)
        end_call (self, call, now_us);
    }
  return NULL;
}

/**
 * lf_acc_new:
 * @config: says which hosts are the PBX; outlives the calls
 * @func: is told of each call once
 * @user_data: for @func
 *
 * Returns: (transfer full): calls, none yet
 */
LfAcc *
lf_acc_new (const LfPhoneConfig *config, LfAccFunc func, gpointer user_data)
{
  LfAcc *self = g_new0 (LfAcc, 1);

  self->config = config;
  self->func = func;
  self->user_data = user_data;
  self->calls = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_call);
  return self;
}

/**
 * lf_acc_free:
 * @self: (transfer full) (nullable): calls
 *
 * Frees them; nobody is told of those that go on.
 */
void
lf_acc_free (LfAcc *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->calls);
  g_free (self);
}

/**
 * lf_acc_take:
 * @self: calls
 * @line: a line of the log without its end, UTF-8
 * @place: where it stands
 *
 * Reads what the module acc of Kamailio writes into the log; other lines are left. The legs that connectors make are
 * no calls.
 *
 * Source: documentation of the module acc of Kamailio 5.6.
 *
 * Returns: (nullable): what is wrong with the line, %NULL if it was read, or is none of acc
 */
const char *
lf_acc_take (LfAcc *self, const char *line, LfCdrPlace *place)
{
  char       *fields[N_FIELDS] = { NULL };
  const char *begin = strstr (line, "ACC: ");
  const char *fault;

  if (begin != NULL)
    begin = strstr (begin, ": timestamp=");
  if (begin == NULL)
    return NULL;
  if (read_fields (begin + 2, fields))
    fault = take_fields (self, fields, place);
  else
    fault = "it says something twice";
  clear_fields (fields);
  return fault;
}

/**
 * lf_acc_get_n_calls:
 * @self: calls
 *
 * Returns: how many go on
 */
guint
lf_acc_get_n_calls (LfAcc *self)
{
  return self->order.length;
}
